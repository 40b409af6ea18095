package dev.airlock.cli;

import dev.airlock.local.ChildProcess;
import dev.airlock.local.Home;
import dev.airlock.local.PostgresServer;
import dev.airlock.local.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes a home out of a backup. All of the file is read and compared with its manifest at first;
 * the home is made beside its place, and moved there when it is whole.
 */
final class Restore {

  private static final Duration LONGEST = Duration.ofHours(12);

  private final Path file;
  private final Home home;
  private final Map<String, String> environment;
  private final Distribution distribution;
  private final Meter meter;
  private final BackupReader reader;

  /**
   * Out of a file, into a home.
   *
   * @param environment the process's own
   */
  Restore(
      Path file,
      Home home,
      Map<String, String> environment,
      Distribution distribution,
      Meter meter) {
    this.file = file.toAbsolutePath().normalize();
    this.home = home;
    this.environment = Map.copyOf(environment);
    this.distribution = distribution;
    this.meter = meter;
    this.reader = new BackupReader(this.file, meter::moved);
  }

  /**
   * Reads all of the file and writes nothing.
   *
   * @throws CommandException where it is damaged, or no backup
   */
  BackupManifest check() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw CommandException.failed("There is no file " + file + ".");
    }
    meter.step("Comparing the file with its manifest");
    try {
      return reader.verified();
    } catch (DamagedBackupException e) {
      throw CommandException.failed(file + " " + e.getMessage() + ".");
    }
  }

  /**
   * Does it.
   *
   * @throws CommandException where that can't be; then the home is as it was
   */
  BackupManifest restore() throws IOException {
    refuseUsedHome();
    BackupManifest manifest = check();
    Path parent = home.root().resolve("..").normalize();
    Files.createDirectories(parent);
    refuseFullDisk(manifest, parent);
    String prefix = "." + home.root().getFileName() + ".restore-";
    try (WorkFolder draft = WorkFolder.in(parent, prefix)) {
      fill(new Home(draft.path()), manifest);
      Files.deleteIfExists(home.root());
      Files.move(draft.path(), home.root(), StandardCopyOption.ATOMIC_MOVE);
      return manifest;
    }
  }

  private void refuseUsedHome() throws IOException {
    Path root = home.root();
    if (!Files.exists(root)) {
      return;
    }
    if (!Files.isDirectory(root)) {
      throw CommandException.failed(root + " is no folder.");
    }
    boolean runs = StateFile.of(home).read().flatMap(state -> state.up().process()).isPresent();
    if (runs) {
      throw CommandException.failed(
          "A system is running in " + root + ". A backup is restored into a new home: --home DIR.");
    }
    try (Stream<Path> inside = Files.list(root)) {
      if (inside.findAny().isPresent()) {
        throw CommandException.failed(
            root + " is not empty. A backup is restored into a new home: --home DIR.");
      }
    }
  }

  private static void refuseFullDisk(BackupManifest manifest, Path parent) throws IOException {
    long needed = manifest.bytesOf("");
    long usable = Files.getFileStore(parent).getUsableSpace();
    if (usable < needed) {
      throw CommandException.failed(
          "%s has room for %s; the backup needs %s, and PostgreSQL more."
              .formatted(parent, Meter.size(usable), Meter.size(needed)));
    }
  }

  private void fill(Home draft, BackupManifest manifest) throws IOException {
    Path dump = draft.root().resolve("restore");
    try {
      meter.step("Writing files");
      reader.extract(manifest, BackupReader.HOME, draft.root());
      reader.extract(manifest, BackupReader.DATABASE, dump);
    } catch (DamagedBackupException e) {
      throw CommandException.failed(file + " " + e.getMessage() + ".");
    }
    Settings settings = Settings.read(draft, environment);
    Map<String, String> moves =
        Map.of(
            "AIRLOCK_BACKUP_FILE",
            file.getFileName().toString(),
            "AIRLOCK_BACKUP_SHA256",
            reader.sha256(),
            "AIRLOCK_BACKUP_BY",
            System.getProperty("user.name", "unknown"),
            "AIRLOCK_BACKUP_FOLDER",
            dump.toString(),
            "AIRLOCK_BACKUP_WAREHOUSE_FROM",
            new Home(Path.of(manifest.home())).warehouse().toString(),
            "AIRLOCK_BACKUP_WAREHOUSE_TO",
            home.warehouse().toString(),
            "AIRLOCK_BACKUP_WAREHOUSE_HERE",
            draft.warehouse().toString(),
            "AIRLOCK_BACKUP_FORGETS",
            Boolean.toString(manifest.temporal().equals(Settings.MEMORY)));
    meter.step("Looking for all files of datasets");
    run("The move of the datasets", distribution.warehouseMove(), moves, dump, "READY move");
    meter.step("Filling PostgreSQL");
    if (settings.database().equals(Settings.EMBEDDED)) {
      try (PostgresServer server = PostgresServer.start(draft, 0)) {
        load(settings, draft, server.url(), moves, dump);
      }
    } else {
      load(settings, draft, settings.database(), moves, dump);
    }
    HomeFiles.delete(dump);
  }

  private void load(
      Settings settings, Home draft, String url, Map<String, String> moves, Path dump) {
    Map<String, String> all = settings.databaseEnvironment(draft, url);
    all.putAll(moves);
    run("The restore of the database", distribution.databaseLoad(), all, dump, "READY load");
  }

  private static void run(
      String name, List<String> command, Map<String, String> environment, Path dump, String end) {
    Path log = dump.resolve("restore.log");
    try (ChildProcess child = ChildProcess.start(name, command, environment, log, Signal.TERM)) {
      child.awaitLine(end, LONGEST);
      child.awaitEnd(LONGEST);
    }
  }
}
