package dev.airlock.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server on 127.0.0.1 that keeps what it has acknowledged: fsync, synchronous_commit
 * and full_page_writes are on, and stand on its command line, where no ALTER SYSTEM reaches them.
 * Passwords are SCRAM, random, and lie in the home's {@code secrets}.
 */
public final class PostgresServer implements AutoCloseable {

  /** The database of the system. */
  public static final String DATABASE = "airlock";

  /** The role that owns the schema; a superuser. */
  public static final String OWNER = "airlock_owner";

  /** The role that worker and web use; the schema's migrations create it. */
  public static final String APPLICATION = "airlock_app";

  private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(20);

  /**
   * After {@code kill -9} of the last server its children may live, and hold its memory, a while.
   */
  private static final Duration RETRY = Duration.ofSeconds(15);

  private final Home home;
  private final int port;
  private final ChildProcess process;

  private PostgresServer(Home home, int port, ChildProcess process) {
    this.home = home;
    this.port = port;
    this.process = process;
  }

  /**
   * Starts the home's server, and makes its data directory the first time.
   *
   * @param port where it listens; 0 for a free one
   * @throws LocalServerException when it cannot, with the end of its log
   */
  public static PostgresServer start(Home home, int port) {
    return start(home, PostgresCluster.in(home), port);
  }

  static PostgresServer start(Home home, PostgresCluster cluster, int port) {
    cluster.initialised(home);
    cluster.refuseSecondServer();
    cluster.user().own(cluster.directory());
    int actual = FreePorts.orFree(port, "PostgreSQL");
    long deadline = System.nanoTime() + RETRY.toNanos();
    while (true) {
      ChildProcess process = launch(cluster, actual, home.log("postgres"));
      try {
        process.await(() -> ready(cluster, process, actual), "does not take connections", START);
        return new PostgresServer(home, actual, process);
      } catch (LocalServerException e) {
        process.close();
        if (!isLeftover(process) || System.nanoTime() > deadline) {
          throw e;
        }
        LOG.info("PostgreSQL waits for what a killed server has left behind");
      }
    }
  }

  private static boolean isLeftover(ChildProcess process) {
    String output = process.output();
    return output.contains("pre-existing shared memory block")
        || output.contains("lock file \"postmaster.pid\" already exists");
  }

  private static Optional<Boolean> ready(PostgresCluster cluster, ChildProcess process, int port) {
    return cluster.isReady(process.pid()) && FreePorts.answers(port)
        ? Optional.of(true)
        : Optional.empty();
  }

  private static ChildProcess launch(PostgresCluster cluster, int port, Path log) {
    String[] command =
        cluster
            .user()
            .command(
                cluster.binaries().program("postgres").toString(),
                "-D",
                cluster.directory().toString(),
                "-clisten_addresses=127.0.0.1",
                "-cport=" + port,
                "-cunix_socket_directories=",
                "-cfsync=on",
                "-csynchronous_commit=on",
                "-cfull_page_writes=on",
                "-cpassword_encryption=scram-sha-256",
                "-cmax_connections=100",
                "-cshared_buffers=64MB",
                "-cmax_wal_size=512MB",
                "-ctimezone=UTC",
                "-clog_timezone=UTC",
                "-clog_line_prefix=%m [%p] ",
                "-clog_checkpoints=off");
    return ChildProcess.start(
        "PostgreSQL", List.of(command), PostgresCluster.environment(), log, Signal.INT);
  }

  /**
   * A server in a fresh temporary home, one for this JVM, ended with it. For tests: as durable as
   * any other.
   */
  public static PostgresServer shared() {
    return Shared.SERVER;
  }

  /** A server in a fresh temporary home, which goes with this JVM at the latest. */
  public static PostgresServer temporary() {
    try {
      Path folder = Files.createTempDirectory("airlock-postgres");
      PostgresServer server = start(new Home(folder), 0);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> server.discard(folder)));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("No temporary folder", e);
    }
  }

  private void discard(Path folder) {
    try {
      stop();
    } catch (RuntimeException e) {
      LOG.warn("A temporary PostgreSQL did not end in order: {}", e.getMessage());
    }
    try {
      Cache.delete(folder);
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{} stays behind: {}", folder, e.getMessage());
    }
  }

  public int port() {
    return port;
  }

  /** The postmaster's process id. */
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

  /** The JDBC URL of the system's database. */
  public String url() {
    return url(DATABASE);
  }

  /** The JDBC URL of any database of this server. */
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  public String ownerPassword() {
    return Home.read(home.ownerPasswordFile());
  }

  public String applicationPassword() {
    return Home.read(home.applicationPasswordFile());
  }

  public Home home() {
    return home;
  }

  /** Ends it in order: open transactions are rolled back, everything is written. */
  public void stop() {
    process.signal(Signal.INT);
    if (!process.awaitEnd(STOP)) {
      process.signal(Signal.QUIT);
      process.awaitEnd(STOP);
    }
    process.close();
  }

  /**
   * {@code kill -9} of the postmaster, as a test strikes; answers once its children are gone too.
   */
  public void kill() {
    List<ProcessHandle> children =
        ProcessHandle.of(pid()).map(server -> server.descendants().toList()).orElse(List.of());
    process.signal(Signal.KILL);
    process.awaitEnd(STOP);
    children.forEach(child -> child.onExit().join());
  }

  @Override
  public void close() {
    stop();
  }

  /** Starts at the first use. */
  private static final class Shared {
    static final PostgresServer SERVER = temporary();
  }
}
