package dev.airlock.store;

import dev.airlock.workflows.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Artifacts as files: {@code sha256/ab/abcd…}. What is being written is a draft beside the folders;
 * those of a process that was killed are removed when a store is opened.
 */
final class FileArtifactStore implements ArtifactStore {
  private static final Logger LOG = LoggerFactory.getLogger(FileArtifactStore.class);

  /** Nobody writes to a draft any more to which nothing was written for as long. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final Path root;

  FileArtifactStore(Path root) {
    this.root = root.resolve("sha256");
    removeAbandonedDrafts();
  }

  private void removeAbandonedDrafts() {
    if (!Files.isDirectory(root)) {
      return;
    }
    FileTime latest = FileTime.from(Instant.now().minus(ABANDONED));
    try (DirectoryStream<Path> drafts = Files.newDirectoryStream(root, "*.part")) {
      for (Path draft : drafts) {
        if (Files.getLastModifiedTime(draft).compareTo(latest) < 0) {
          Files.deleteIfExists(draft);
          LOG.info("{} was never finished, and is removed", draft);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("Drafts in {} that were never finished can't be removed", root, e);
    }
  }

  @Override
  public String put(byte[] bytes) {
    String digest = Json.digest(bytes);
    Path target = place(digest);
    if (Files.exists(target)) {
      return digest;
    }
    Path folder = folder(digest);
    Path draft = draft();
    try {
      Files.createDirectories(folder);
      write(draft, bytes);
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      syncFolder(folder);
      return digest;
    } catch (IOException e) {
      throw new ArtifactException(
          "Artifact " + digest + " cannot be kept in " + target + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String put(InputStream bytes) throws IOException {
    Files.createDirectories(root);
    Path draft = draft();
    try {
      String digest = write(draft, bytes);
      Path target = place(digest);
      if (!Files.exists(target)) {
        Files.createDirectories(folder(digest));
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(folder(digest));
      }
      return digest;
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private Path draft() {
    return root.resolve(UUID.randomUUID() + ".part");
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel = begin(file)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
  }

  private static String write(Path file, InputStream bytes) throws IOException {
    try (FileChannel channel = begin(file)) {
      DigestOutputStream digested =
          new DigestOutputStream(Channels.newOutputStream(channel), Json.sha256());
      bytes.transferTo(digested);
      channel.force(true);
      return HexFormat.of().formatHex(digested.getMessageDigest().digest());
    }
  }

  private static FileChannel begin(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** The new name itself must survive a power cut, too. */
  private static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public byte[] get(String digest) {
    Path file = file(digest);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new ArtifactException(
          "Artifact " + digest + " cannot be read from " + file + ": " + e.getMessage(), e);
    }
    String found = Json.digest(bytes);
    if (!found.equals(digest)) {
      throw new ArtifactException(
          "Artifact %s is damaged: %s holds bytes of digest %s. Restore the file from a backup."
              .formatted(digest, file, found));
    }
    return bytes;
  }

  @Override
  public boolean contains(String digest) {
    return Files.exists(place(digest));
  }

  @Override
  public Path file(String digest) {
    Path file = place(digest);
    if (!Files.exists(file)) {
      throw new ArtifactException(
          "There is no artifact " + digest + ": expected it at " + file + ".");
    }
    return file;
  }

  private Path place(String digest) {
    if (!DIGEST.matcher(digest).matches()) {
      throw new ArtifactException(
          "'" + digest + "' is no digest: expected 64 lower-case hex digits.");
    }
    return folder(digest).resolve(digest);
  }

  private Path folder(String digest) {
    return root.resolve(digest.substring(0, 2));
  }
}
