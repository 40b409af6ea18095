package dev.airlock.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * Writes a backup: a compressed tar of files, the manifest with the SHA-256 of each at its end. It
 * lies under another name until it is whole, and only its owner may read it (mode 0600).
 */
final class BackupWriter implements AutoCloseable {

  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final Path draft;
  private final FileChannel channel;
  private final TarArchiveOutputStream tar;
  private final LongConsumer progress;
  private final List<BackupManifest.Part> parts = new ArrayList<>();
  private boolean isWhole;

  private BackupWriter(
      Path file,
      Path draft,
      FileChannel channel,
      TarArchiveOutputStream tar,
      LongConsumer progress) {
    this.file = file;
    this.draft = draft;
    this.channel = channel;
    this.tar = tar;
    this.progress = progress;
  }

  /**
   * Begins one.
   *
   * @param progress gets the number of bytes that were just read
   */
  static BackupWriter begin(Path file, LongConsumer progress) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".part");
    Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rw-------");
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              draft,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(ownerOnly));
    } catch (FileAlreadyExistsException e) {
      throw CommandException.failed(
          draft
              + " is there already: another backup is being written, or was broken off. Delete it if none is.");
    }
    GzipParameters fast = new GzipParameters();
    // Most of it is compressed already: columns, jars, tables.
    fast.setCompressionLevel(1);
    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
    TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GzipCompressorOutputStream(out, fast), "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    return new BackupWriter(file, draft, channel, tar, progress);
  }

  /**
   * Adds a file as long as it is now; what is appended meanwhile is left out.
   *
   * @return its SHA-256, in lower-case hex
   */
  String add(String path, Path source) throws IOException {
    try (InputStream in = Files.newInputStream(source)) {
      TarArchiveEntry entry = new TarArchiveEntry(path);
      entry.setSize(Files.size(source));
      entry.setModTime(Files.getLastModifiedTime(source));
      entry.setMode(mode(source));
      tar.putArchiveEntry(entry);
      String digest = copy(in, entry.getSize(), source);
      tar.closeArchiveEntry();
      parts.add(new BackupManifest.Part(path, entry.getSize(), digest));
      return digest;
    }
  }

  private String copy(InputStream in, long size, Path source) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER];
    long left = size;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new IOException(source + " became shorter while it was read");
      }
      tar.write(buffer, 0, read);
      digest.update(buffer, 0, read);
      progress.accept(read);
      left -= read;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static int mode(Path source) throws IOException {
    return (Integer) Files.getAttribute(source, "unix:mode") & 0777;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }

  List<BackupManifest.Part> parts() {
    return List.copyOf(parts);
  }

  /** Writes the manifest, and gives the file its name once the disk has it. */
  void finish(BackupManifest manifest) throws IOException {
    byte[] json = manifest.json().getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(BackupManifest.ENTRY);
    entry.setSize(json.length);
    tar.putArchiveEntry(entry);
    tar.write(json);
    tar.closeArchiveEntry();
    tar.close();
    try (FileChannel written = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    isWhole = true;
  }

  /** Removes what is not whole. */
  @Override
  public void close() throws IOException {
    if (!isWhole) {
      channel.close();
      Files.deleteIfExists(draft);
    }
  }
}
