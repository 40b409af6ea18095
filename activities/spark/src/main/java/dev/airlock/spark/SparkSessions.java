package dev.airlock.spark;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's one Spark session. It starts in the background, since that takes many seconds;
 * whoever needs it waits for it.
 */
public final class SparkSessions implements AutoCloseable {

  /** The Iceberg catalog's name in SQL. */
  static final String CATALOG = "airlock";

  private static final Logger LOG = LoggerFactory.getLogger(SparkSessions.class);

  private final CompletableFuture<SparkSession> session;
  private final AtomicReference<@Nullable EventLogs> eventLogs = new AtomicReference<>();

  private SparkSessions(CompletableFuture<SparkSession> session) {
    this.session = session;
  }

  /** Begins to start a session and returns at once. */
  public static SparkSessions start(SparkConfig config) {
    CompletableFuture<SparkSession> session = new CompletableFuture<>();
    Thread starter = new Thread(() -> start(config, session), "spark-start");
    starter.setDaemon(true);
    starter.start();
    return new SparkSessions(session);
  }

  /** The version of Spark that runs here. */
  public static String version() {
    return org.apache.spark.package$.MODULE$.SPARK_VERSION();
  }

  /** Whether the session is there. */
  public boolean isReady() {
    return session.isDone() && !session.isCompletedExceptionally();
  }

  /**
   * The session; waits until it is there.
   *
   * @throws CompletionException where it could not be started
   * @throws InterruptedException where the waiting thread was interrupted
   */
  SparkSession session() throws InterruptedException {
    try {
      return session.get();
    } catch (ExecutionException e) {
      throw new CompletionException("Spark could not be started.", e.getCause());
    }
  }

  /**
   * What the Spark jobs of an attempt that has ended did, in the format of Spark's event logs,
   * compressed with zstd. It can be taken once.
   *
   * @param attempt such as {@code run-41/features/1}
   * @return empty where the attempt had no Spark jobs
   */
  public Optional<byte[]> takeEventLog(String attempt) {
    EventLogs logs = eventLogs.get();
    return logs == null ? Optional.empty() : logs.take(attempt);
  }

  /** The logs of the session, which must be there. */
  EventLogs eventLogs() {
    EventLogs known = eventLogs.get();
    if (known != null) {
      return known;
    }
    SparkContext context = session.join().sparkContext();
    EventLogs made = new EventLogs(context, EventLog.BOUND_OF_TASKS);
    if (eventLogs.compareAndSet(null, made)) {
      context.addSparkListener(made);
      return made;
    }
    return Objects.requireNonNull(eventLogs.get());
  }

  /** Stops the session, or its start. */
  @Override
  public void close() {
    session.cancel(false);
    if (isReady()) {
      session.join().stop();
    }
  }

  private static void start(SparkConfig config, CompletableFuture<SparkSession> result) {
    long begun = System.nanoTime();
    SparkSession started;
    try {
      started = build(config);
    } catch (Throwable e) {
      LOG.error("Spark could not be started.", e);
      result.completeExceptionally(e);
      return;
    }
    warmUp(started);
    LOG.info("Spark is ready after {} ms.", (System.nanoTime() - begun) / 1_000_000);
    if (!result.complete(started)) {
      started.stop();
    }
  }

  private static SparkSession build(SparkConfig config) {
    String catalog = "spark.sql.catalog." + CATALOG;
    SparkSession.Builder builder =
        SparkSession.builder().appName("airlock").master(config.master());
    if (config.master().startsWith("local")) {
      // Nobody but this machine has anything to say to the driver.
      builder
          .config("spark.driver.host", "127.0.0.1")
          .config("spark.driver.bindAddress", "127.0.0.1");
    }
    return builder
        .config("spark.ui.enabled", false)
        .config("spark.local.dir", config.scratch().toString())
        .config("spark.sql.warehouse.dir", config.scratch().resolve("unused").toString())
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.datetime.java8API.enabled", true)
        .config("spark.sql.shuffle.partitions", 4)
        .config("spark.sql.adaptive.enabled", true)
        .config("spark.scheduler.mode", "FAIR")
        .config(
            "spark.sql.extensions",
            "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
        .config(catalog, "org.apache.iceberg.spark.SparkCatalog")
        .config(catalog + ".type", "jdbc")
        .config(catalog + ".uri", config.catalogUrl())
        .config(catalog + ".jdbc.user", config.user())
        .config(catalog + ".jdbc.password", config.password())
        .config(catalog + ".jdbc.schema-version", "V1")
        // A connection that PostgreSQL has ended is made anew, as one that broke is.
        .config(catalog + ".retryable_status_codes", "57P01,57P02,57P03")
        .config(catalog + ".warehouse", config.warehouse().toString())
        // A cached table would hide the branches and snapshots that others have just committed.
        .config(catalog + ".cache-enabled", false)
        .getOrCreate();
  }

  /**
   * Loads the classes that every stage needs, so that the first one need not wait for them. It may
   * fail, where PostgreSQL is not up: stages find out by themselves, and are tried again.
   */
  private static void warmUp(SparkSession session) {
    try {
      session.sql("show namespaces in " + CATALOG).collectAsList();
      session
          .sql("select id % 7 as k, count(*), max(cast(id as double)) from range(100) group by 1")
          .collectAsList();
    } catch (Exception e) {
      LOG.warn("Spark starts cold.", e);
    }
  }
}
