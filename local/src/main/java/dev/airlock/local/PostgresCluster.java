package dev.airlock.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A data directory of PostgreSQL: made whole or not at all, and found again.
 *
 * @param directory the data directory
 */
record PostgresCluster(PostgresBinaries binaries, Unprivileged user, Path directory) {

  private static final int PID_LINE = 0;
  private static final int STATUS_LINE = 7;

  static PostgresCluster in(Home home) {
    try {
      Files.createDirectories(home.root());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make " + home.root(), e);
    }
    PostgresBinaries binaries = PostgresBinaries.unpacked(Cache.ofUser());
    Unprivileged user = Unprivileged.found(binaries.program("postgres"), home.root());
    return new PostgresCluster(binaries, user, home.postgres());
  }

  /** Makes the data directory with its owner and its database, unless it is there. */
  void initialised(Home home) {
    if (Files.exists(directory.resolve("PG_VERSION"))) {
      refuseOtherMajorVersion();
      return;
    }
    Path fresh = directory.resolveSibling(directory.getFileName() + ".new");
    Path password = fresh.resolveSibling(fresh.getFileName() + ".password");
    try {
      Cache.delete(fresh);
      Files.createDirectories(fresh);
      Home.writePrivately(password, Home.read(home.ownerPasswordFile()) + "\n");
      user.own(fresh);
      user.own(password);
      initdb(fresh, password);
      createDatabase(fresh);
      Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make " + directory, e);
    } finally {
      deleteFile(password);
    }
  }

  private static void deleteFile(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + file, e);
    }
  }

  private void refuseOtherMajorVersion() {
    String found = Home.read(directory.resolve("PG_VERSION"));
    String ours = Versions.of("postgres").split("\\.", 2)[0];
    if (!found.equals(ours)) {
      throw new LocalServerException(
          "%s was written by PostgreSQL %s; this Airlock brings %s. Move it with pg_dump, or choose another home."
              .formatted(directory, found, ours));
    }
  }

  private void initdb(Path fresh, Path password) {
    run(
        "",
        binaries.program("initdb").toString(),
        "--pgdata=" + fresh,
        "--username=" + PostgresServer.OWNER,
        "--auth=scram-sha-256",
        "--pwfile=" + password,
        "--encoding=UTF8",
        "--locale=C",
        // Code point order, as C, but upper and lower case beyond ASCII.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8");
  }

  /** Single-user mode: no server, no password, no driver. */
  private void createDatabase(Path fresh) {
    run(
        "CREATE DATABASE " + PostgresServer.DATABASE + "\n",
        binaries.program("postgres").toString(),
        "--single",
        "-D",
        fresh.toString(),
        "postgres");
  }

  private void run(String input, String... command) {
    Commands.Result result =
        Commands.run(List.of(user.command(command)), environment(), input, line -> {});
    if (!result.done()) {
      throw new LocalServerException(
          "PostgreSQL's data directory %s cannot be made: %s ended with code %d:\n%s"
              .formatted(directory, command[0], result.code(), result.output().strip()));
    }
  }

  /** The language and the clock of the calling shell must not reach the server. */
  static Map<String, String> environment() {
    return Map.of("LC_ALL", "C", "TZ", "UTC");
  }

  /** Whether the server of this process id says that it takes connections. */
  boolean isReady(long pid) {
    List<String> lines = pidFile();
    return lines.size() > STATUS_LINE
        && lines.get(PID_LINE).strip().equals("" + pid)
        && lines.get(STATUS_LINE).strip().equals("ready");
  }

  /**
   * Removes a pid file whose server is gone, and whose number now belongs to another program:
   * PostgreSQL itself would take that one for a server.
   *
   * @throws LocalServerException when a server is running on this data directory
   */
  void refuseSecondServer() {
    List<String> lines = pidFile();
    if (lines.isEmpty()) {
      return;
    }
    long pid = Long.parseLong(lines.get(PID_LINE).strip());
    Optional<ProcessHandle> holder = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (holder.isEmpty()) {
      return;
    }
    if (holder.get().info().command().orElse("").endsWith("postgres")) {
      throw new LocalServerException(
          "PostgreSQL is running on %s already, as process %d. `airlock down` ends it."
              .formatted(directory, pid));
    }
    deleteFile(directory.resolve("postmaster.pid"));
  }

  private List<String> pidFile() {
    try {
      Path file = directory.resolve("postmaster.pid");
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      // It is being written, or has just been removed.
      return List.of();
    }
  }
}
