package dev.airlock.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/**
 * Where everything lies that a system on one machine keeps ({@code AIRLOCK_HOME}).
 *
 * @param root absolute
 */
public record Home(Path root) {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SECRET_BYTES = 24;

  public Home {
    root = root.toAbsolutePath().normalize();
  }

  /** PostgreSQL's data directory. */
  public Path postgres() {
    return root.resolve("postgres");
  }

  /** The SQLite file of the Temporal server. */
  public Path temporalDatabase() {
    return root.resolve("temporal/temporal.db");
  }

  public Path artifacts() {
    return root.resolve("artifacts");
  }

  /** The files of the Iceberg tables. */
  public Path warehouse() {
    return root.resolve("warehouse");
  }

  public Path pipelines() {
    return root.resolve("pipelines");
  }

  /** The log of one process: postgres, temporal, worker, web, migrate. */
  public Path log(String process) {
    return root.resolve("logs").resolve(process + ".log");
  }

  /** One file a person, {@code NAME.json}, mode 0600. */
  public Path users() {
    return root.resolve("users");
  }

  /** Process ids and ports of the running system. */
  public Path state() {
    return root.resolve("state.json");
  }

  /** Holds the password of the role that owns the schema; made when it is missing. */
  public Path ownerPasswordFile() {
    return secret("owner.password");
  }

  /** Holds the password of the application's role; made when it is missing. */
  public Path applicationPasswordFile() {
    return secret("app.password");
  }

  private Path secret(String name) {
    Path file = root.resolve("secrets").resolve(name);
    if (!Files.exists(file)) {
      writePrivately(file, randomSecret());
    }
    return file;
  }

  /** A random secret of 192 bits, in URL-safe Base64. */
  public static String randomSecret() {
    byte[] bytes = new byte[SECRET_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Writes a file that only its owner may read (mode 0600), all of it or nothing. */
  public static void writePrivately(Path file, String content) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder == null) {
        throw new IOException("Not a file: " + file);
      }
      Files.createDirectories(folder);
      Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rw-------");
      Path fresh =
          Files.createTempFile(
              folder,
              "." + file.getFileName(),
              ".new",
              PosixFilePermissions.asFileAttribute(ownerOnly));
      Files.writeString(fresh, content);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  /** The text of a small file, without the white space around it. */
  public static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
