package dev.airlock.cli;

import dev.airlock.local.ChildProcess;
import dev.airlock.local.FreePorts;
import dev.airlock.local.Home;
import dev.airlock.local.PostgresServer;
import dev.airlock.local.Signal;
import dev.airlock.local.TemporalBinary;
import dev.airlock.local.TemporalServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The four processes on one machine, started in order and watched. None of them outlives this one,
 * however it ends.
 */
final class LocalSystem implements AutoCloseable {

  private static final List<String> ORDER = List.of("postgres", "temporal", "worker", "web");
  private static final Duration MIGRATION = Duration.ofMinutes(2);
  private static final String NO_SURVIVAL =
      """
      ****************************************************************************
      *  Temporal runs IN MEMORY: runs do not survive a restart of this system,  *
      *  and schedules are not kept. For the real server see `airlock doctor`.   *
      ****************************************************************************""";

  private final Settings settings;
  private final Distribution distribution;
  private final Consumer<String> say;
  private final Map<String, Part> parts = new ConcurrentHashMap<>();
  private final int temporalPort = FreePorts.next();
  private final String databaseUrl;
  private final int postgresPort;
  private final List<Users.Account> newUsers;
  private volatile boolean isClosed;

  private LocalSystem(Settings settings, Distribution distribution, Consumer<String> say) {
    this.settings = settings;
    this.distribution = distribution;
    this.say = say;
    this.postgresPort = ownsPostgres() ? FreePorts.next() : 0;
    this.databaseUrl =
        ownsPostgres()
            ? "jdbc:postgresql://127.0.0.1:" + postgresPort + "/" + PostgresServer.DATABASE
            : settings.database();
    this.newUsers = Users.ensure(home(), settings.url());
  }

  /**
   * Starts everything and answers once all of it serves. Whatever ends this process ends the system
   * too.
   *
   * @param say gets a line for each step
   * @throws dev.airlock.local.LocalServerException when a process does not get there
   */
  static LocalSystem start(Settings settings, Distribution distribution, Consumer<String> say) {
    refuseSecond(settings.home());
    refuseTakenPort(settings.httpPort());
    LocalSystem system = new LocalSystem(withTemporalAtHand(settings, say), distribution, say);
    Runtime.getRuntime().addShutdownHook(new Thread(system::close, "stop-everything"));
    try {
      system.start();
      return system;
    } catch (RuntimeException e) {
      system.close();
      throw e;
    }
  }

  private static void refuseSecond(Home home) {
    StateFile.of(home)
        .read()
        .flatMap(state -> state.up().process().map(process -> state))
        .ifPresent(
            state -> {
              throw CommandException.failed(
                  "The system in %s is running already, at %s. `airlock down` stops it."
                      .formatted(home.root(), state.url()));
            });
  }

  private static void refuseTakenPort(int port) {
    if (!FreePorts.isFree(port)) {
      throw CommandException.failed(
          "Port %d is taken by another process. Choose another: `airlock up --port 8081`."
              .formatted(port));
    }
  }

  private static Settings withTemporalAtHand(Settings settings, Consumer<String> say) {
    if (settings.temporal().equals(Settings.EMBEDDED)
        && TemporalServer.obtain(say) instanceof TemporalBinary.Missing missing) {
      say.accept(missing.sentence());
      return settings.withTemporalInMemory();
    }
    return settings;
  }

  private void start() {
    if (isTemporalInMemory()) {
      NO_SURVIVAL.lines().forEach(say);
    }
    copyExamples();
    if (ownsPostgres()) {
      add("postgres", postgresPort, this::postgres, null);
    }
    if (ownsTemporal()) {
      add("temporal", temporalPort, this::temporal, null);
    }
    together(Stream.of("postgres", "temporal"));
    migrate();
    add("worker", 0, this::worker, "READY worker");
    add("web", settings.httpPort(), this::web, "READY web");
    together(Stream.of("worker", "web"));
  }

  private void add(
      String name, int port, Supplier<ChildProcess> launch, @Nullable String readyLine) {
    parts.put(name, new Part(name, port, launch, readyLine, this::writeState, say));
  }

  /** Starts some of the parts at once. */
  private void together(Stream<String> names) {
    List<CompletableFuture<Void>> starts =
        names
            .filter(parts::containsKey)
            .map(name -> CompletableFuture.runAsync(() -> start(name)))
            .toList();
    try {
      starts.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void start(String name) {
    long start = System.nanoTime();
    part(name).start();
    say.accept(
        "%-9s serves after %.1f s".formatted(name, (System.nanoTime() - start) / 1_000_000_000.0));
  }

  private Part part(String name) {
    Part part = parts.get(name);
    if (part == null) {
      throw new IllegalStateException("No part " + name);
    }
    return part;
  }

  private ChildProcess postgres() {
    return PostgresServer.start(home(), postgresPort).process();
  }

  private ChildProcess temporal() {
    Path log = home().log("temporal");
    if (isTemporalInMemory()) {
      String classPath = distribution.classPath("local");
      return TemporalServer.startInMemory(classPath, temporalPort, log).process();
    }
    Path program = TemporalServer.installed().orElseThrow();
    return TemporalServer.start(program, home().temporalDatabase(), temporalPort, log).process();
  }

  private void migrate() {
    try (ChildProcess migrate = child("migrate", distribution.migrate(), environment(true))) {
      boolean isOver = migrate.awaitEnd(MIGRATION);
      if (!isOver || migrate.exitCode().orElse(1) != 0) {
        throw CommandException.failed(
            "The database's schema cannot be brought up to date. " + migrate.quoteLog());
      }
      migrate.output().lines().filter(line -> line.startsWith("WARNING ")).forEach(say);
    }
  }

  private ChildProcess worker() {
    return child("worker", tidy("worker", distribution.worker()), environment(false));
  }

  private ChildProcess web() {
    return child("web", tidy("web", distribution.web()), environment(false));
  }

  /**
   * What a process and its libraries leave in their temporary folder when they are killed goes
   * before the next one starts.
   */
  private List<String> tidy(String name, List<String> command) {
    Path temporary = home().root().resolve("scratch/tmp").resolve(name).toAbsolutePath();
    try {
      HomeFiles.delete(temporary);
      Files.createDirectories(temporary);
    } catch (IOException e) {
      throw CommandException.failed(temporary + " can't be emptied: " + e.getMessage());
    }
    List<String> tidy = new ArrayList<>(command);
    // Before all others, so that AIRLOCK_JAVA_OPTIONS may name another.
    tidy.add(1, "-Djava.io.tmpdir=" + temporary);
    return tidy;
  }

  private ChildProcess child(String name, List<String> command, Map<String, String> environment) {
    return ChildProcess.start(name, command, environment, home().log(name), Signal.TERM);
  }

  private Map<String, String> environment(boolean asOwner) {
    Map<String, String> environment = new LinkedHashMap<>(settings.values());
    environment.put("AIRLOCK_HOME", home().root().toString());
    environment.put("AIRLOCK_DATABASE_URL", databaseUrl);
    environment.putIfAbsent("AIRLOCK_DATABASE_USER", PostgresServer.APPLICATION);
    environment.computeIfAbsent(
        "AIRLOCK_DATABASE_PASSWORD_FILE", name -> home().applicationPasswordFile().toString());
    if (asOwner) {
      environment.computeIfAbsent(
          "AIRLOCK_DATABASE_OWNER_PASSWORD_FILE", name -> home().ownerPasswordFile().toString());
      environment.putIfAbsent("AIRLOCK_TEAMS", "ml-leads=approver");
    } else {
      environment.remove("AIRLOCK_DATABASE_OWNER_PASSWORD_FILE");
    }
    environment.put(
        "AIRLOCK_TEMPORAL_TARGET",
        ownsTemporal() ? "127.0.0.1:" + temporalPort : settings.temporal());
    environment.put("AIRLOCK_TEMPORAL_MEMORY", Boolean.toString(isTemporalInMemory()));
    environment.putIfAbsent("AIRLOCK_TEMPORAL_NAMESPACE", "default");
    environment.putIfAbsent("AIRLOCK_SPARK_MASTER", "local[*]");
    environment.putIfAbsent("AIRLOCK_ARTIFACTS", home().artifacts().toUri().toString());
    environment.put("AIRLOCK_HTTP_PORT", Integer.toString(settings.httpPort()));
    environment.putIfAbsent("AIRLOCK_HTTP_HOST", "127.0.0.1");
    environment.putIfAbsent("AIRLOCK_PIPELINES", home().pipelines().toString());
    environment.putIfAbsent("AIRLOCK_PUBLISHER", Subcommand.ENGINEER);
    return environment;
  }

  /** The examples lie beside what people drop there; a newer build replaces them. */
  private void copyExamples() {
    try {
      Files.createDirectories(home().pipelines());
      Files.createDirectories(home().artifacts());
      try (Stream<Path> jars = Files.list(distribution.pipelines())) {
        for (Path jar : jars.toList()) {
          copyIfOther(jar, home().pipelines().resolve(jar.getFileName().toString()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The examples cannot be copied to " + home().pipelines(), e);
    }
  }

  private static void copyIfOther(Path jar, Path target) throws IOException {
    if (!Files.exists(target) || Files.mismatch(jar, target) >= 0) {
      Path fresh = target.resolveSibling(target.getFileName() + ".new");
      Files.copy(jar, fresh, StandardCopyOption.REPLACE_EXISTING);
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private synchronized void writeState() {
    if (isClosed) {
      return;
    }
    Map<String, StateFile.Entry> processes = new LinkedHashMap<>();
    for (String name : ORDER) {
      Part part = parts.get(name);
      if (part != null) {
        part.entry().ifPresent(entry -> processes.put(name, entry));
      }
    }
    StateFile.of(home())
        .write(
            new StateFile.State(
                StateFile.Entry.of(ProcessHandle.current(), settings.httpPort()),
                url().toString(),
                isTemporalInMemory(),
                processes));
  }

  /** Stops everything, those that use others first. */
  @Override
  public void close() {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
    }
    // Ctrl-C reaches them all at once, and an end that was asked for is no fault.
    parts.values().forEach(Part::leaveEnded);
    stop(Stream.of("web", "worker"));
    stop(Stream.of("temporal"));
    stop(Stream.of("postgres"));
    StateFile.of(home()).delete();
  }

  private void stop(Stream<String> names) {
    List<CompletableFuture<Void>> stops =
        names
            .filter(parts::containsKey)
            .map(name -> CompletableFuture.runAsync(() -> part(name).stop()))
            .toList();
    stops.forEach(CompletableFuture::join);
  }

  private boolean ownsPostgres() {
    return settings.database().equals(Settings.EMBEDDED);
  }

  private boolean ownsTemporal() {
    return settings.temporal().equals(Settings.EMBEDDED) || isTemporalInMemory();
  }

  boolean isTemporalInMemory() {
    return settings.temporal().equals(Settings.MEMORY);
  }

  Home home() {
    return settings.home();
  }

  URI url() {
    return settings.url();
  }

  /** Those whose files this start has made. */
  List<Users.Account> newUsers() {
    return Collections.unmodifiableList(newUsers);
  }
}
