package dev.airlock.store;

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
 * A secret key that processes of one system share: given by their environment, or kept in a file of
 * the home, which the first of them makes, and which only its owner may read.
 */
public final class HomeKey {

  private static final int BYTES = 32;
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  private HomeKey() {}

  /**
   * The given key, or that of the home.
   *
   * @param file its name in the home, such as {@code mask.key}
   * @throws UncheckedIOException where the file can be neither read nor made
   */
  public static byte[] of(Optional<String> given, Path home, String file) {
    return given
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .orElseGet(() -> kept(home.resolve(file)));
  }

  private static byte[] kept(Path file) {
    try {
      if (!Files.exists(file)) {
        make(file);
      }
      return Base64.getDecoder().decode(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("The key in " + file + " can't be read", e);
    }
  }

  private static void make(Path file) throws IOException {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path made = Files.createTempFile(file.toAbsolutePath().getParent(), "made", ".key");
    try {
      Files.setPosixFilePermissions(made, OWNER);
      Files.writeString(
          made, Base64.getEncoder().encodeToString(key) + "\n", StandardOpenOption.WRITE);
      // A link fails where the file is there, unlike a move: two processes agree on one key.
      Files.createLink(file, made);
    } catch (FileAlreadyExistsException e) {
      // Another process was first; its key is the key.
    } finally {
      Files.delete(made);
    }
  }
}
