package dev.airlock.spark;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.local.PostgresServer;
import dev.airlock.local.TemporaryFolder;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RowSample;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageTask;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The world of one test: a pipeline and ledgers of its own, on the Spark session and the PostgreSQL
 * that all tests share.
 */
final class World {

  static final Instant LOGICAL_DATE = Instant.parse("1997-12-31T00:00:00Z");

  static final Mask MASK = new Mask("the tests' own mask key".getBytes(StandardCharsets.UTF_8));

  private static final AtomicLong RUNS = new AtomicLong(40);

  final MemoryArtifacts artifacts = new MemoryArtifacts();
  final MemoryLedger ledger = new MemoryLedger();
  final Map<String, Champions.LiveModel> live = new HashMap<>();
  final AtomicInteger attempt = new AtomicInteger(1);
  final SparkDatasetActivities datasets;
  final SparkTrainingActivities training;

  private final String pipeline;
  private Graph graph;

  /** A world in which no other test has written to the pipeline's tables. */
  World(String pipeline) {
    this(new Graph(pipeline, "tests", null, List.of(), List.of()));
  }

  World(Graph graph) {
    this.pipeline = graph.name();
    this.graph = graph;
    Graphs graphs = (name, version) -> this.graph;
    PipelineResources resources =
        (digest, name) -> {
          var stream = World.class.getClassLoader().getResourceAsStream(name);
          if (stream == null) {
            throw new FileNotFoundException(name);
          }
          return stream;
        };
    datasets =
        new SparkDatasetActivities(Shared.SESSIONS, ledger, graphs, resources, MASK, attempt::get);
    training =
        new SparkTrainingActivities(
            Shared.SESSIONS,
            artifacts,
            graphs,
            model -> Optional.ofNullable(live.get(model)),
            attempt::get);
  }

  /** Makes the pipeline have this graph from now on. */
  void become(Graph other) {
    graph = other;
  }

  Graph graph() {
    return graph;
  }

  static long newRun() {
    return RUNS.incrementAndGet();
  }

  static SparkSessions sessions() {
    return Shared.SESSIONS;
  }

  static SparkSession session() {
    try {
      return Shared.SESSIONS.session();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  StageTask task(long run, StageSpec stage, Map<String, ? extends StageOutput> inputs) {
    return task(run, stage, inputs, Map.of());
  }

  StageTask task(
      long run,
      StageSpec stage,
      Map<String, ? extends StageOutput> inputs,
      Map<String, String> params) {
    return task(run, LOGICAL_DATE, stage, inputs, params);
  }

  StageTask task(
      long run,
      Instant logicalDate,
      StageSpec stage,
      Map<String, ? extends StageOutput> inputs,
      Map<String, String> params) {
    return new StageTask(
        run,
        pipeline,
        1,
        "no-jar",
        logicalDate,
        new TreeMap<>(params),
        "engineer",
        stage,
        new java.util.LinkedHashMap<>(inputs));
  }

  static StageSpec stage(String name, Work work, String... inputs) {
    return new StageSpec(
        name, work, List.of(inputs), List.of(), RetrySpec.STANDARD, Duration.ofMinutes(5));
  }

  Table table(String stage) {
    return new Table(pipeline + "." + stage);
  }

  static Path file(Path folder, String name, String content) {
    try {
      return Files.writeString(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What lies in a dataset's table. */
  record Table(String dataset) {

    Dataset<Row> main() {
      return session().table(TableName.of(dataset).sql());
    }

    Dataset<Row> at(DatasetVersion version) {
      return Stored.rows(session(), version);
    }

    org.apache.iceberg.Table iceberg() {
      return Tables.of(session()).existing(dataset);
    }

    List<String> branches() {
      return iceberg().refs().entrySet().stream()
          .filter(ref -> ref.getValue().isBranch() && !ref.getKey().equals("main"))
          .map(Map.Entry::getKey)
          .sorted()
          .toList();
    }
  }

  /** Artifacts in memory. */
  static final class MemoryArtifacts implements Artifacts {
    private final Map<String, byte[]> byDigest = new ConcurrentHashMap<>();

    @Override
    public String put(byte[] bytes) {
      String digest = Json.digest(bytes);
      byDigest.put(digest, bytes.clone());
      return digest;
    }

    int count() {
      return byDigest.size();
    }

    @Override
    public byte[] get(String digest) {
      byte[] bytes = byDigest.get(digest);
      if (bytes == null) {
        throw new IllegalArgumentException("There is no artifact " + digest);
      }
      return bytes.clone();
    }
  }

  /** A ledger in memory, which fences as the real one does. */
  static final class MemoryLedger implements DatasetLedger {
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final Map<String, Integer> newest = new ConcurrentHashMap<>();
    final Map<String, DatasetVersion> published = new ConcurrentHashMap<>();
    final Map<Long, RowSample> samples = new ConcurrentHashMap<>();

    void begin(long run, String stage, int attempt) {
      newest.put(run + "/" + stage, attempt);
    }

    @Override
    public Lock lock(String dataset) {
      ReentrantLock lock = locks.computeIfAbsent(dataset, name -> new ReentrantLock());
      lock.lock();
      return lock::unlock;
    }

    @Override
    public void requireCurrent(long runId, String stage, int attempt) {
      if (newest.getOrDefault(runId + "/" + stage, 1) > attempt) {
        throw StageFailure.of(StageFailure.FENCED, "A later attempt has begun.");
      }
    }

    @Override
    public void publish(long runId, String stage, int attempt, DatasetVersion version) {
      requireCurrent(runId, stage, attempt);
      published.putIfAbsent(runId + "/" + stage, version);
    }

    @Override
    public void read(long runId, String stage, int attempt, String digest) {}

    @Override
    public void dropping(String dataset, String branch) {}

    @Override
    public void keepSample(RowSample sample) {
      samples.put(sample.snapshotId(), sample);
    }

    @Override
    public Optional<DatasetVersion> published(long runId, String stage) {
      return Optional.ofNullable(published.get(runId + "/" + stage));
    }
  }

  static PostgresServer postgres() {
    return Shared.postgres;
  }

  /** After a kill: the same data on the same port. */
  static void restartPostgres() {
    PostgresServer killed = Shared.postgres;
    PostgresServer started = PostgresServer.start(killed.home(), killed.port());
    Runtime.getRuntime().addShutdownHook(new Thread(started::stop));
    Shared.postgres = started;
  }

  /** Started at the first use, gone with this JVM. */
  private static final class Shared {
    private static PostgresServer postgres = PostgresServer.shared();
    static final SparkSessions SESSIONS = start(postgres);

    private static SparkSessions start(PostgresServer server) {
      try (Connection connection =
              DriverManager.getConnection(
                  server.url(), PostgresServer.OWNER, server.ownerPassword());
          Statement statement = connection.createStatement()) {
        statement.execute("create schema iceberg");
        Path folder = TemporaryFolder.make("airlock-spark");
        return SparkSessions.start(
            new SparkConfig(
                "local[2]",
                server.url(),
                PostgresServer.OWNER,
                server.ownerPassword(),
                folder.resolve("warehouse").toUri(),
                folder.resolve("scratch")));
      } catch (SQLException e) {
        throw new IllegalStateException("Tests need PostgreSQL.", e);
      }
    }
  }
}
