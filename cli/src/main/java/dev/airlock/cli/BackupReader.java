package dev.airlock.cli;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a backup: at first all of it, to compare it with its manifest, before anything of it is
 * written anywhere.
 */
final class BackupReader {

  /** The folders of an archive: what goes into the home, and the tables of PostgreSQL. */
  static final String HOME = "home/";

  static final String DATABASE = "database/";

  private static final int BUFFER = 1 << 16;
  private static final int LARGEST_MANIFEST = 256 << 20;

  private final Path file;
  private final LongConsumer progress;
  private @Nullable String sha256;

  /**
   * Of a file.
   *
   * @param progress gets the number of bytes, uncompressed, that were just read
   */
  BackupReader(Path file, LongConsumer progress) {
    this.file = file;
    this.progress = progress;
  }

  /**
   * Reads all of it, and writes nothing.
   *
   * @throws DamagedBackupException where it is not what its manifest says, or would write outside
   *     of its target
   */
  BackupManifest verified() throws IOException {
    Map<String, BackupManifest.Part> found = new LinkedHashMap<>();
    BackupManifest manifest = null;
    MessageDigest digest = BackupWriter.sha256();
    try (InputStream all = new DigestInputStream(Files.newInputStream(file), digest);
        InputStream unzipped = open(all);
        TarArchiveInputStream tar = tar(unzipped)) {
      for (TarArchiveEntry entry = next(tar); entry != null; entry = next(tar)) {
        if (manifest != null) {
          throw new DamagedBackupException(
              "is damaged: " + entry.getName() + " comes after the manifest");
        }
        if (entry.getName().equals(BackupManifest.ENTRY)) {
          manifest = manifest(tar, entry);
          continue;
        }
        requireHarmless(entry);
        BackupManifest.Part part = read(tar, entry, OutputStream.nullOutputStream());
        if (found.put(part.path(), part) != null) {
          throw new DamagedBackupException("is damaged: it holds " + part.path() + " twice");
        }
      }
      // To the check value at its end: the digests do not cover names and modes.
      rest(unzipped);
      rest(all);
      sha256 = HexFormat.of().formatHex(digest.digest());
    }
    if (manifest == null) {
      throw new DamagedBackupException("is damaged: its end is missing");
    }
    compare(manifest, found);
    return manifest;
  }

  private static BackupManifest manifest(TarArchiveInputStream tar, TarArchiveEntry entry)
      throws IOException {
    if (entry.getSize() > LARGEST_MANIFEST) {
      throw new DamagedBackupException("is damaged: its manifest is too large");
    }
    try {
      return BackupManifest.read(tar.readAllBytes());
    } catch (EOFException e) {
      throw cutOff(e);
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private static void rest(InputStream in) {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (EOFException e) {
      throw cutOff(e);
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private static void compare(BackupManifest manifest, Map<String, BackupManifest.Part> found) {
    Map<String, BackupManifest.Part> said =
        manifest.parts().stream()
            .collect(
                Collectors.toMap(
                    BackupManifest.Part::path,
                    part -> part,
                    (part, again) -> {
                      throw new DamagedBackupException(
                          "is damaged: its manifest names " + part.path() + " twice");
                    }));
    for (BackupManifest.Part part : said.values()) {
      BackupManifest.Part there = found.get(part.path());
      if (there == null) {
        throw new DamagedBackupException("is damaged: " + part.path() + " is missing");
      }
      if (!there.equals(part)) {
        throw new DamagedBackupException(
            "is damaged: %s has SHA-256 %s, its manifest says %s"
                .formatted(part.path(), there.sha256(), part.sha256()));
      }
    }
    found
        .keySet()
        .forEach(
            path -> {
              if (!said.containsKey(path)) {
                throw new DamagedBackupException(
                    "is damaged: its manifest knows nothing of " + path);
              }
            });
  }

  /**
   * Writes the entries under a folder.
   *
   * @param manifest what {@link #verified()} has answered
   * @param target gets them without the folder's name
   */
  void extract(BackupManifest manifest, String folder, Path target) throws IOException {
    Map<String, BackupManifest.Part> said =
        manifest.parts().stream()
            .collect(Collectors.toMap(BackupManifest.Part::path, part -> part));
    try (TarArchiveInputStream tar = tar(open(Files.newInputStream(file)))) {
      for (TarArchiveEntry entry = next(tar); entry != null; entry = next(tar)) {
        if (entry.getName().startsWith(folder)) {
          requireHarmless(entry);
          Path file = target.resolve(entry.getName().substring(folder.length())).normalize();
          if (!file.startsWith(target)) {
            throw leaves(entry);
          }
          if (!write(tar, entry, file).equals(said.get(entry.getName()))) {
            throw new DamagedBackupException("was changed while it was restored");
          }
        }
      }
    }
  }

  private BackupManifest.Part write(TarArchiveInputStream tar, TarArchiveEntry entry, Path file)
      throws IOException {
    Files.createDirectories(file.resolve("..").normalize());
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      // Before there is anything in it.
      Files.setPosixFilePermissions(file, permissions(entry.getMode()));
      return read(tar, entry, out);
    }
  }

  /** Those of the mode; its owner may always read and write it. */
  private static Set<PosixFilePermission> permissions(int mode) {
    StringBuilder text = new StringBuilder("rwxrwxrwx");
    for (int i = 2; i < text.length(); i++) {
      if ((mode & (0400 >> i)) == 0) {
        text.setCharAt(i, '-');
      }
    }
    return PosixFilePermissions.fromString(text.toString());
  }

  /** The digest of the whole file, once it was {@link #verified()}. */
  String sha256() {
    return Objects.requireNonNull(sha256, "The file was not read yet");
  }

  private static TarArchiveInputStream tar(InputStream unzipped) {
    return new TarArchiveInputStream(unzipped, "UTF-8");
  }

  private static InputStream open(InputStream bytes) throws IOException {
    InputStream in = new BufferedInputStream(bytes, BUFFER);
    try {
      return new GZIPInputStream(in, BUFFER);
    } catch (IOException e) {
      in.close();
      throw new DamagedBackupException("is no backup of Airlock: " + e.getMessage());
    }
  }

  private static TarArchiveEntry next(TarArchiveInputStream tar) throws IOException {
    try {
      return tar.getNextEntry();
    } catch (EOFException e) {
      throw cutOff(e);
    } catch (IllegalArgumentException | IOException e) {
      throw damaged(e);
    }
  }

  private BackupManifest.Part read(
      TarArchiveInputStream tar, TarArchiveEntry entry, OutputStream out) throws IOException {
    MessageDigest digest = BackupWriter.sha256();
    byte[] buffer = new byte[BUFFER];
    long size = 0;
    while (true) {
      int read;
      try {
        read = tar.read(buffer);
      } catch (EOFException e) {
        throw cutOff(e);
      } catch (IOException e) {
        throw damaged(e);
      }
      if (read < 0) {
        break;
      }
      digest.update(buffer, 0, read);
      // Apart from the reading: a full disk is no damage of the backup.
      out.write(buffer, 0, read);
      progress.accept(read);
      size += read;
    }
    return new BackupManifest.Part(
        entry.getName(), size, HexFormat.of().formatHex(digest.digest()));
  }

  private static DamagedBackupException cutOff(EOFException e) {
    return new DamagedBackupException("is damaged: it ends too early (" + e.getMessage() + ")");
  }

  private static DamagedBackupException damaged(Exception e) {
    return new DamagedBackupException("is damaged: " + e.getMessage());
  }

  /** Only files, only in the known folders, none outside of them. */
  private static void requireHarmless(TarArchiveEntry entry) {
    String name = entry.getName();
    if (!entry.isFile() || entry.isLink() || entry.isSymbolicLink() || entry.isSparse()) {
      throw new DamagedBackupException("is no backup of Airlock: " + name + " is no plain file");
    }
    boolean known = name.startsWith(HOME) || name.startsWith(DATABASE);
    if (!known || !isPlain(name)) {
      throw leaves(entry);
    }
  }

  private static boolean isPlain(String name) {
    try {
      Path path = Path.of(name);
      return !path.isAbsolute() && path.normalize().equals(path);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static DamagedBackupException leaves(TarArchiveEntry entry) {
    return new DamagedBackupException(
        "is no backup of Airlock: the entry " + entry.getName() + " leaves its folder");
  }
}
