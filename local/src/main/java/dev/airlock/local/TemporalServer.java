package dev.airlock.local;

import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The Temporal dev server on 127.0.0.1, with its state in a SQLite file. */
public final class TemporalServer implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(2);

  private final int port;
  private final ChildProcess process;

  private TemporalServer(int port, ChildProcess process) {
    this.port = port;
    this.process = process;
  }

  /** The program as it is there now: on the PATH or in the cache. */
  public static Optional<Path> installed() {
    return TemporalInstaller.ofUser(line -> {}).present();
  }

  /**
   * The program: on the PATH, else from the cache, else fetched from its official releases, else
   * built with Go.
   *
   * @param progress gets a line for each thing that takes a while
   */
  public static TemporalBinary obtain(Consumer<String> progress) {
    return TemporalInstaller.ofUser(progress).obtained();
  }

  /**
   * Starts the server on a file, which it makes the first time.
   *
   * @param port where it listens; 0 for a free one
   * @throws LocalServerException when it cannot, with the end of its log
   */
  public static TemporalServer start(Path program, Path database, int port, Path log) {
    int actual = FreePorts.orFree(port, "Temporal");
    try {
      Files.createDirectories(database.toAbsolutePath().resolve("..").normalize());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make the folder of " + database, e);
    }
    return started(
        actual,
        ChildProcess.start(
            "Temporal",
            command(program.toString(), database.toString(), actual),
            Map.of(),
            log,
            Signal.TERM));
  }

  private static List<String> command(String program, String database, int port) {
    List<String> command = new ArrayList<>(List.of(program, "server", "start-dev", "--headless"));
    command.addAll(List.of("--ip", "127.0.0.1", "--port", "" + port));
    command.addAll(List.of("--db-filename", database));
    command.addAll(List.of("--log-level", "error"));
    // A third of the time of a chain of activities, as measured.
    command.addAll(List.of("--dynamic-config-value", "system.enableActivityEagerExecution=true"));
    // Else its one shard hands on at most 20 tasks a second: each step of a workflow waits 50 ms.
    for (String queue : List.of("transfer", "timer", "visibility")) {
      command.addAll(
          List.of("--dynamic-config-value", "history." + queue + "ProcessorMaxPollRPS=1000"));
    }
    // One process serves every queue: parts of it would only ask each other for work.
    command.addAll(List.of("--dynamic-config-value", "matching.numTaskqueueReadPartitions=1"));
    command.addAll(List.of("--dynamic-config-value", "matching.numTaskqueueWritePartitions=1"));
    // Pipelines take turns in a queue instead of waiting for all that came before.
    command.addAll(List.of("--dynamic-config-value", "matching.useNewMatcher=true"));
    command.addAll(List.of("--dynamic-config-value", "matching.enableFairness=true"));
    // A worker that stands still gets no more stages after 8 s: else each of its open polls takes
    // one, and with it an attempt, which ends by its missing heartbeats 10 s later.
    command.addAll(List.of("--dynamic-config-value", "frontend.keepAliveTime=\"3s\""));
    command.addAll(List.of("--dynamic-config-value", "frontend.keepAliveTimeout=\"5s\""));
    return command;
  }

  /**
   * Starts Temporal's in-memory server in a JVM of its own: nothing survives its end, and it knows
   * no Schedules.
   */
  public static TemporalServer startInMemory(String classPath, int port, Path log) {
    int actual = FreePorts.orFree(port, "Temporal");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            classPath,
            MemoryTemporalMain.class.getName(),
            "" + actual);
    return started(
        actual, ChildProcess.start("Temporal (in memory)", command, Map.of(), log, Signal.TERM));
  }

  private static TemporalServer started(int port, ChildProcess process) {
    try {
      process.await(() -> answer(port), "does not answer", START);
      return new TemporalServer(port, process);
    } catch (LocalServerException e) {
      process.close();
      throw e;
    }
  }

  private static Optional<Boolean> answer(int port) {
    return FreePorts.answers(port) && isHealthy(port) ? Optional.of(true) : Optional.empty();
  }

  /** Whether a Temporal server on this port says that it is well. */
  public static boolean isHealthy(int port) {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder()
                .setTarget("127.0.0.1:" + port)
                .setRpcTimeout(ANSWER)
                .build());
    try {
      stubs.healthCheck();
      return true;
    } catch (io.grpc.StatusRuntimeException e) {
      return false;
    } finally {
      stubs.shutdownNow();
    }
  }

  /** As clients name it: host and port. */
  public String target() {
    return "127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** The process itself, for whoever watches it. */
  public ChildProcess process() {
    return process;
  }

  public void stop() {
    process.stop(STOP);
    process.close();
  }

  /** {@code kill -9}, as a test strikes. */
  public void kill() {
    process.signal(Signal.KILL);
    process.awaitEnd(STOP);
  }

  @Override
  public void close() {
    stop();
  }
}
