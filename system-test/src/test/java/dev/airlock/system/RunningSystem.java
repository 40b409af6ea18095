package dev.airlock.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A whole system as {@code airlock up} starts it from {@code dist/}: PostgreSQL, Temporal, a worker
 * and a web process, in a home of its own. Fails, never skips, where the real Temporal server can't
 * be had.
 */
final class RunningSystem implements AutoCloseable {

  /** The processes that {@code up} starts and watches. */
  enum Part {
    POSTGRES,
    TEMPORAL,
    WORKER,
    WEB;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration RESTART = Duration.ofMinutes(2);

  private static final int LOWEST_PORT = 10_000;
  private static final AtomicLong NEXT_PORT = new AtomicLong(ProcessHandle.current().pid() * 16);

  private final Path home;
  private Commands commands;
  private final int port;
  private Process up;

  private RunningSystem(Path home, Map<String, String> environment, Path dist) {
    this.home = home;
    this.port = freePort();
    this.commands = new Commands(home, home, dist);
    this.up = launch(environment);
  }

  /** Starts a system in a new home. */
  static RunningSystem start(Path home, Map<String, String> environment) {
    return start(home, environment, Project.dist());
  }

  /** Starts a system of another release in a new home. */
  static RunningSystem start(Path home, Map<String, String> environment, Path dist) {
    RunningSystem system = new RunningSystem(home, environment, dist);
    system.awaitReady();
    return system;
  }

  /** Stops everything, as a user does. */
  void down() {
    commands.run("down").succeeded();
    awaitEnd(up);
  }

  /** Starts everything again, in the same home. */
  void upAgain(Map<String, String> environment) {
    up = launch(environment);
    awaitReady();
  }

  /** Starts everything again, in the same home, out of another release. */
  void upgrade(Path dist) {
    commands = new Commands(home, home, dist);
    upAgain(Map.of());
  }

  Path home() {
    return home;
  }

  /** Where pages and REST are. */
  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  Commands commands() {
    return commands;
  }

  /** {@code kill -9} of {@code airlock up} itself. */
  void killLauncher() {
    up.destroyForcibly();
    awaitEnd(up);
  }

  /** A client with the token of one of the users whom {@code up} made. */
  Client as(String user) {
    return new Client(url(), user(user).get("token").asText());
  }

  Client asNobody() {
    return new Client(url(), null);
  }

  /** What {@code users/NAME.json} holds. */
  JsonNode user(String name) {
    return read(home.resolve("users").resolve(name + ".json"));
  }

  long pid(Part part) {
    return state(part).get("pid").asLong();
  }

  /** The port of PostgreSQL, Temporal or web. */
  int port(Part part) {
    return state(part).get("port").asInt();
  }

  /** What the environment of one more process names, so that it works on this system's state. */
  Map<String, String> environment() {
    return Map.of(
        "AIRLOCK_DATABASE_URL",
        "jdbc:postgresql://127.0.0.1:%d/airlock".formatted(port(Part.POSTGRES)),
        "AIRLOCK_DATABASE_USER",
        "airlock_app",
        "AIRLOCK_DATABASE_PASSWORD_FILE",
        home.resolve("secrets/app.password").toString(),
        "AIRLOCK_ARTIFACTS",
        home.resolve("artifacts").toUri().toString());
  }

  Set<Long> pids() {
    return Stream.of(Part.values()).map(this::pid).collect(Collectors.toSet());
  }

  /** {@code kill -9}, and proof that the process is gone. */
  long kill(Part part) {
    long pid = pid(part);
    ProcessHandle process =
        ProcessHandle.of(pid).orElseThrow(() -> new AssertionError(part + " does not run"));
    process.destroyForcibly();
    Await.holds(Duration.ofSeconds(10), part + " to be dead", () -> !Processes.isAlive(pid));
    return pid;
  }

  /** Waits until a process with another id stands in for the killed one, and everything answers. */
  void awaitReplaced(Part part, long killed) {
    Await.holds(
        RESTART,
        part + " to be started again after " + killed,
        () -> pid(part) != killed && Processes.isAlive(pid(part)));
    awaitReady();
  }

  /** A connection as the application's own role, with no more rights than worker and web have. */
  Connection asApplication() throws SQLException {
    return connect("airlock_app", "app.password");
  }

  /** A connection as the owner of the schema. */
  Connection asOwner() throws SQLException {
    return connect("airlock_owner", "owner.password");
  }

  /** The number that a query answers, asked with the owner's eyes. */
  long count(String sql, Object... arguments) {
    try (Connection connection = asOwner();
        var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  void awaitReady() {
    Await.holds(
        START,
        "the system in " + home + " to be ready",
        () -> {
          if (!up.isAlive()) {
            throw new AssertionError(
                "airlock up ended with %d:%n%s".formatted(up.exitValue(), output()));
          }
          return Files.exists(home.resolve("state.json"))
              && asNobody().get("/api/v1/ready").status() == 200;
        });
  }

  /** What {@code up} has said so far. */
  String output() {
    try {
      return Files.readString(home.resolve("up.out"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops everything and proves that nothing is left behind. */
  @Override
  public void close() {
    Set<Long> pids = pids();
    down();
    Await.holds(
        Duration.ofSeconds(20),
        "no process to be left behind of " + pids,
        () -> pids.stream().noneMatch(Processes::isAlive));
  }

  /**
   * Below the ports that the kernel hands out, so that no connection takes it meanwhile; from a
   * place of this process's own, so that no other test does.
   */
  static int freePort() {
    while (true) {
      int port = LOWEST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), LOWEST_PORT);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // Another one, then.
      }
    }
  }

  private Process launch(Map<String, String> environment) {
    return commands.launch(
        home.resolve("up.out"), environment, "up", "--port", Integer.toString(port));
  }

  private static void awaitEnd(Process process) {
    Await.holds(Duration.ofSeconds(30), "airlock up to end", () -> !process.isAlive());
  }

  private Connection connect(String role, String passwordFile) throws SQLException {
    try {
      String url =
          "jdbc:postgresql://127.0.0.1:%d/airlock?currentSchema=airlock"
              .formatted(port(Part.POSTGRES));
      String password = Files.readString(home.resolve("secrets").resolve(passwordFile)).strip();
      return DriverManager.getConnection(url, role, password);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode state(Part part) {
    JsonNode state = read(home.resolve("state.json"));
    return Optional.ofNullable(state.get("processes"))
        .map(processes -> processes.get(part.word()))
        .orElseThrow(() -> new AssertionError("No " + part.word() + " in state.json: " + state));
  }

  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
