package dev.airlock.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * The key of the masks that stand in for personal values: {@code AIRLOCK_SECRETS_MASK}, or a file
 * of the home that the first worker makes. Workers with different keys mask the same person
 * differently.
 */
final class MaskKey {

  private static final int BYTES = 32;
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  private MaskKey() {}

  /** The given key, or that of the home. */
  static byte[] of(Optional<String> given, Path home) {
    return given.map(text -> text.getBytes(StandardCharsets.UTF_8)).orElseGet(() -> kept(home));
  }

  private static byte[] kept(Path home) {
    Path file = home.resolve("mask.key");
    try {
      if (!Files.exists(file)) {
        make(file);
      }
      return Base64.getDecoder().decode(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("The key of masks can't be read: " + file, e);
    }
  }

  private static void make(Path file) throws IOException {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path made = Files.createTempFile(file.toAbsolutePath().getParent(), "mask", ".key");
    try {
      Files.setPosixFilePermissions(made, OWNER);
      Files.writeString(
          made, Base64.getEncoder().encodeToString(key) + "\n", StandardOpenOption.WRITE);
      // A link fails where the file is there, unlike a move: two workers agree on one key.
      Files.createLink(file, made);
    } catch (FileAlreadyExistsException e) {
      // Another worker was first; its key is the key.
    } finally {
      Files.delete(made);
    }
  }
}
