package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.local.ChildProcess;
import dev.airlock.local.Home;
import dev.airlock.local.PostgresServer;
import dev.airlock.local.Signal;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes a backup of a home, whose system may run meanwhile. The order makes it consistent: files
 * that flow into PostgreSQL, or witness what it holds, come first; then the one moment of Temporal
 * and PostgreSQL; then files that PostgreSQL names, which stay as they are once they are there.
 */
final class Backup {

  private static final Duration LONGEST = Duration.ofHours(12);

  private final Settings settings;
  private final Distribution distribution;
  private final Path file;
  private final Meter meter;
  private final Optional<StateFile.State> running;
  private final List<String> warnings = new ArrayList<>();

  /**
   * Of a home, into a file.
   *
   * @param running the system that runs in this home, if one does
   */
  Backup(
      Settings settings,
      Distribution distribution,
      Path file,
      Meter meter,
      Optional<StateFile.State> running) {
    this.settings = settings;
    this.distribution = distribution;
    this.file = file.toAbsolutePath().normalize();
    this.meter = meter;
    this.running = running;
  }

  /**
   * What was written.
   *
   * @param stoodMillis how long Temporal was held
   * @param warnings what is in the file but not as it should be
   */
  record Written(BackupManifest manifest, long bytes, long stoodMillis, List<String> warnings) {}

  /**
   * Takes it.
   *
   * @throws CommandException where that can't be; then there is no file
   */
  Written write() throws IOException {
    refuse();
    Path parent = file.resolve("..").normalize();
    Files.createDirectories(parent);
    try (WorkFolder work = WorkFolder.in(parent, ".airlock-backup-")) {
      return write(work.path());
    }
  }

  private void refuse() {
    Home home = settings.home();
    if (running.isPresent() && ownsPostgres() && part("postgres").isEmpty()) {
      throw CommandException.wrongUse(
          "The running system uses a PostgreSQL of its own. Give this command the AIRLOCK_ settings that `up` was started with.");
    }
    if (running.isPresent() && !ownsPostgres() && part("postgres").isPresent()) {
      throw CommandException.wrongUse(
          "The running system keeps its rows in its home, but AIRLOCK_DATABASE_URL names another PostgreSQL. Take that setting away.");
    }
    if (!Files.isDirectory(home.root())) {
      throw CommandException.failed(
          "There is no system in " + home.root() + ". Name its home: --home DIR.");
    }
    if (ownsPostgres() && !Files.exists(home.postgres().resolve("PG_VERSION"))) {
      throw CommandException.failed(
          "There is no PostgreSQL in %s. Name the system's home: --home DIR. If it uses a PostgreSQL of its own, give this command the AIRLOCK_ settings that `up` gets."
              .formatted(home.root()));
    }
    if (Files.exists(file)) {
      throw CommandException.failed(file + " is there already. Choose another name.");
    }
    if (file.startsWith(home.root())) {
      throw CommandException.wrongUse(
          file + " lies in the home that is backed up. Choose a place outside of " + home.root());
    }
  }

  private Written write(Path work) throws IOException {
    Path staged = Files.createDirectory(work.resolve("home"));
    Path dump = Files.createDirectory(work.resolve("database"));
    meter.step("Copying settings, people, secrets, pipelines and journals");
    copy(HomeFiles.small(settings.home()), staged);
    settings
        .folder("AIRLOCK_PIPELINES")
        .ifPresent(folder -> copyFolder(folder, "pipelines", staged));
    dump(dump, staged);
    JsonNode database = Api.parse(Files.readString(dump.resolve("database.json")));
    return pack(staged, dump, database);
  }

  private void copyFolder(Path folder, String name, Path staged) {
    try {
      copy(HomeFiles.under(folder, name), staged);
    } catch (IOException e) {
      throw CommandException.failed(folder + " cannot be read: " + e.getMessage());
    }
  }

  /** Copies over what is there of the same names; what has gone meanwhile is left out. */
  private void copy(Map<String, Path> files, Path target) throws IOException {
    for (Map.Entry<String, Path> one : files.entrySet()) {
      Path copy = target.resolve(one.getKey());
      Files.createDirectories(copy.resolve("..").normalize());
      try {
        HomeFiles.copy(one.getValue(), copy);
        meter.moved(Files.size(copy));
      } catch (NoSuchFileException e) {
        // Swept, or replaced, in between.
      }
    }
  }

  private void dump(Path dump, Path staged) throws IOException {
    meter.step("Reading PostgreSQL and Temporal");
    if (!ownsPostgres()) {
      dump(dump, staged, settings.database());
    } else if (running.isPresent()) {
      dump(dump, staged, url(part("postgres").orElseThrow().port()));
    } else {
      try (PostgresServer server = PostgresServer.start(settings.home(), 0)) {
        dump(dump, staged, server.url());
      }
    }
  }

  private static String url(int port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + PostgresServer.DATABASE;
  }

  private void dump(Path dump, Path staged, String url) throws IOException {
    Map<String, String> environment = settings.databaseEnvironment(settings.home(), url);
    environment.put("AIRLOCK_BACKUP_FOLDER", dump.toString());
    if (ownsTemporalFile()) {
      environment.put("AIRLOCK_BACKUP_TEMPORAL", settings.home().temporalDatabase().toString());
      temporalPid().ifPresent(pid -> environment.put("AIRLOCK_BACKUP_TEMPORAL_PID", "" + pid));
    }
    Path log = dump.resolveSibling("dump.log");
    try (ChildProcess child =
        ChildProcess.start(
            "The backup of the database",
            distribution.databaseDump(),
            environment,
            log,
            Signal.TERM)) {
      child.awaitLine("CUT", LONGEST);
      // What was written to them before the moment, and had not reached PostgreSQL by then.
      copy(HomeFiles.onTheirWay(settings.home()), staged);
      child.awaitLine("READY dump", LONGEST);
    }
    Path temporal = dump.resolve("temporal.db");
    if (Files.exists(temporal)) {
      Path place = staged.resolve("temporal/temporal.db");
      Files.createDirectories(place.resolve("..").normalize());
      Files.move(temporal, place);
    }
  }

  private Optional<Long> temporalPid() {
    return part("temporal").flatMap(StateFile.Entry::process).map(ProcessHandle::pid);
  }

  private Optional<StateFile.Entry> part(String name) {
    return running.flatMap(state -> Optional.ofNullable(state.processes().get(name)));
  }

  private Written pack(Path staged, Path dump, JsonNode database) throws IOException {
    try (BackupWriter writer = BackupWriter.begin(file, meter::moved)) {
      meter.step("Writing the database's rows and the small files");
      add(writer, HomeFiles.under(dump, "database"));
      add(writer, HomeFiles.under(staged, "home"));
      meter.step("Writing the files of datasets");
      addWarehouse(writer, database);
      meter.step("Writing artifacts");
      addArtifacts(writer);
      long rows = 0;
      for (JsonNode table : database.path("tables")) {
        rows += table.path("rows").asLong();
      }
      BackupManifest manifest =
          new BackupManifest(
              BackupManifest.FORMAT,
              Distribution.build("version"),
              database.path("cutAt").asText(),
              settings.home().root().toString(),
              temporal(),
              rows,
              notCovered(),
              writer.parts());
      writer.finish(manifest);
      return new Written(
          manifest,
          Files.size(file),
          database.path("temporalStoodMillis").asLong(),
          List.copyOf(warnings));
    }
  }

  private static void add(BackupWriter writer, Map<String, Path> files) throws IOException {
    for (Map.Entry<String, Path> one : files.entrySet()) {
      writer.add(one.getKey(), one.getValue());
    }
  }

  /** Stages write there meanwhile, and what they have begun may go again: nothing names it yet. */
  private void addWarehouse(BackupWriter writer, JsonNode database) throws IOException {
    Set<String> added = new HashSet<>();
    for (Map.Entry<String, Path> one : HomeFiles.warehouse(settings.home())) {
      try {
        writer.add(BackupReader.HOME + one.getKey(), one.getValue());
        added.add(one.getValue().toString());
      } catch (NoSuchFileException e) {
        // Judged below.
      }
    }
    for (JsonNode metadata : database.path("metadata")) {
      String path = metadata.asText().replaceFirst("^file:/+", "/");
      if (!added.contains(path)) {
        throw CommandException.failed(
            "%s, which a dataset begins with, is not in %s. If datasets are being written at this moment, try again."
                .formatted(path, settings.home().warehouse()));
      }
    }
  }

  private void addArtifacts(BackupWriter writer) throws IOException {
    Path folder = settings.folder("AIRLOCK_ARTIFACTS").orElse(settings.home().artifacts());
    for (Map.Entry<String, Path> one : HomeFiles.under(folder, "artifacts").entrySet()) {
      String name = one.getValue().getFileName().toString();
      if (name.endsWith(".part")) {
        continue;
      }
      String digest = writer.add(BackupReader.HOME + one.getKey(), one.getValue());
      if (name.matches("[0-9a-f]{64}") && !digest.equals(name)) {
        warnings.add(
            "The artifact "
                + one.getValue()
                + " is damaged: its bytes have SHA-256 "
                + digest
                + ".");
      }
    }
  }

  private boolean ownsPostgres() {
    return settings.database().equals(Settings.EMBEDDED);
  }

  private boolean ownsTemporalFile() {
    return temporal().equals(Settings.EMBEDDED) && Files.exists(settings.home().temporalDatabase());
  }

  private String temporal() {
    boolean isInMemory = running.map(StateFile.State::temporalInMemory).orElse(false);
    return isInMemory ? Settings.MEMORY : settings.temporal();
  }

  private List<String> notCovered() {
    List<String> sentences = new ArrayList<>();
    switch (temporal()) {
      case Settings.EMBEDDED -> {
        if (!ownsTemporalFile()) {
          sentences.add("Temporal's state: there is none in this home.");
        }
      }
      case Settings.MEMORY ->
          sentences.add(
              "Temporal's state: it runs in memory. Runs that are under way are ended as failed by a restore.");
      default ->
          sentences.add(
              "Temporal's state: the cluster at "
                  + temporal()
                  + " keeps it. Back that up yourself, before this one; a cluster that is newer than these rows can know runs that they don't.");
    }
    List<String> variables =
        settings.fromEnvironment().stream().filter(name -> !name.equals("AIRLOCK_HOME")).toList();
    if (!variables.isEmpty()) {
      sentences.add(
          "Settings and secrets of the environment: " + String.join(", ", variables) + ".");
    }
    return sentences;
  }

  /** Sizes by what they are, for people and for JSON. */
  static Map<String, Long> sizes(BackupManifest manifest) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    sizes.put("database", manifest.bytesOf("database/"));
    sizes.put("temporal", manifest.bytesOf("home/temporal/"));
    sizes.put("datasets", manifest.bytesOf("home/warehouse/"));
    sizes.put("artifacts", manifest.bytesOf("home/artifacts/"));
    long all = manifest.bytesOf("");
    sizes.put("other", all - new HashMap<>(sizes).values().stream().mapToLong(n -> n).sum());
    return sizes;
  }

  /** A folder that a file: URI names. */
  static Path folder(String text) {
    return text.startsWith("file:") ? Path.of(URI.create(text)) : Path.of(text);
  }
}
