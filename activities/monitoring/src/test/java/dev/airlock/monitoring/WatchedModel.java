package dev.airlock.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.SplitSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.local.PostgresServer;
import dev.airlock.local.TemporaryFolder;
import dev.airlock.scoring.drift.Reference;
import dev.airlock.store.Account;
import dev.airlock.store.Acting;
import dev.airlock.store.Alert;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Decision;
import dev.airlock.store.GateOutcome;
import dev.airlock.store.HaltPoint;
import dev.airlock.store.Migrate;
import dev.airlock.store.MigrateConfig;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.NewDecision;
import dev.airlock.store.NewRun;
import dev.airlock.store.Origin;
import dev.airlock.store.Prediction;
import dev.airlock.store.Role;
import dev.airlock.store.ServiceSample;
import dev.airlock.store.Store;
import dev.airlock.store.StoreConfig;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.Profile;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** A model on a real PostgreSQL, live and watched, with what it has predicted and how it served. */
final class WatchedModel {
  private static final LocalDate JUDGED_ON = LocalDate.of(1997, 9, 30);
  private static final int HORIZON_DAYS = 90;
  private static final StageOutput.DatasetVersion DATA =
      new StageOutput.DatasetVersion(
          "orders", 7, 100, null, List.of(new ColumnSpec("customer", ColumnType.INTEGER)));

  private final Random random = new Random(7);
  private final String name;
  private final Work.Monitor watch;

  final Store store = Shared.STORE;
  final MonitorChecks checks = new MonitorChecks(store, Shared.ARTIFACTS);

  /** Not live yet, and not watched. */
  WatchedModel(String name, RuleSpec... rules) {
    this.name = name;
    this.watch = new Work.Monitor(Setting.of("PT6H"), Period.ofMonths(1), 500, List.of(rules));
    store.pipelines().publish(graph(), "c".repeat(64), by("engineer"));
  }

  private Graph graph() {
    return new Graph(
        name,
        "growth",
        null,
        List.of(),
        List.of(
            stage(
                "orders",
                new Work.Ingest(new SourceSpec.Csv(Setting.of("/orders.csv"), DATA.columns()))),
            stage(
                "evaluate",
                new Work.Evaluate(
                    new SplitSpec("snapshot", Setting.of(HORIZON_DAYS)), Metric.PR_AUC, List.of()),
                "orders"),
            stage("register", new Work.Register(name), "evaluate"),
            stage("approval", new Work.Approval("ml-leads", 1, Duration.ofDays(1)), "register"),
            stage("deploy", new Work.Deploy(Work.Strategy.BLUE_GREEN), "approval"),
            stage("watch", watch, "deploy")));
  }

  private static StageSpec stage(String name, Work work, String... inputs) {
    return new StageSpec(
        name, work, List.of(inputs), List.of(), RetrySpec.STANDARD, Duration.ofMinutes(5));
  }

  /** A new version takes all traffic, and its run puts the monitor in place. */
  int goesLive() {
    long run =
        store
            .runs()
            .request(new NewRun(name, Map.of(), null, by("engineer"), "engineer", "", null))
            .id();
    StageOutput.RegisteredVersion version =
        store
            .registry(Shared.ARTIFACTS, HaltPoint.NONE)
            .register(task(run, "register", Map.of("evaluate", judgement(run))));
    long approval =
        store
            .approvalActivities(Shared.ARTIFACTS)
            .open(
                task(run, "approval", Map.of("register", version)),
                Instant.now().plus(Duration.ofDays(1)));
    GateOutcome.Recorded decision =
        (GateOutcome.Recorded)
            store
                .approvals()
                .decide(
                    new NewDecision(
                        approval,
                        by("approver"),
                        Decision.Verdict.APPROVE,
                        "Seen",
                        store.approvals().find(approval).orElseThrow().digest()));
    store.approvalActivities(Shared.ARTIFACTS).count(approval, decision.id());
    StageOutput.ApprovedVersion approved =
        new StageOutput.ApprovedVersion(version, approval, List.of());
    long command = store.deployments().request(task(run, "deploy", Map.of("approval", approved)));
    store.routing(HaltPoint.NONE).shift(command);
    store.monitors().install(task(run, "watch", Map.of()), name, watch, Duration.ofHours(6));
    return version.version();
  }

  private StageTask task(long runId, String stage, Map<String, StageOutput> inputs) {
    RunRequest run = store.runs().startRequest(runId).orElseThrow();
    return new StageTask(
        runId,
        name,
        run.version(),
        run.codeDigest(),
        run.logicalDate(),
        run.params(),
        run.requestedBy(),
        run.graph().stage(stage).orElseThrow(),
        new LinkedHashMap<>(inputs));
  }

  private StageOutput.Judgement judgement(long run) {
    StageOutput.TrainedCandidate candidate =
        new StageOutput.TrainedCandidate(
            "evaluate",
            put("model of run " + run),
            Algorithm.LOGISTIC_REGRESSION,
            "bought",
            List.of("recency"),
            List.of(LocalDate.of(1997, 4, 30)),
            100,
            DATA);
    TreeMap<String, Double> metrics = new TreeMap<>(Map.of("auc", 0.776));
    Profile.Distribution normal = normal();
    Profile profile = new Profile(Map.of("recency", normal), normal, normal);
    Evidence evidence =
        new Evidence(
            name,
            run,
            name,
            candidate.artifactDigest(),
            candidate.algorithm(),
            candidate.label(),
            candidate.features(),
            candidate.trainedOn(),
            LocalDate.of(1997, 6, 30),
            JUDGED_ON,
            HORIZON_DAYS,
            100,
            100,
            0.177,
            "pr_auc",
            metrics,
            List.of(),
            null,
            null,
            List.of(),
            List.of(),
            List.of(),
            DATA,
            put(Json.write(profile)));
    return new StageOutput.Judgement(
        candidate, evidence.chosenOn(), JUDGED_ON, put(Json.write(evidence)), metrics);
  }

  private Profile.Distribution normal() {
    Reference reference =
        Reference.of(IntStream.range(0, 5_000).mapToDouble(i -> score(0)).toArray());
    return new Profile.Distribution(
        reference.count(), reference.edges(), reference.counts(), reference.quantiles());
  }

  /** Around a half, shifted; between 0 and 1. */
  private double score(double shift) {
    return Math.max(0, Math.min(1, 0.5 + shift + random.nextGaussian() / 10));
  }

  private static String put(String text) {
    return Shared.ARTIFACTS.put(text.getBytes(UTF_8));
  }

  /** Answers of a version to rows of one day whose feature has moved so far. */
  List<UUID> predicts(int version, String day, int rows, double shift) {
    List<Prediction> predictions =
        IntStream.range(0, rows)
            .mapToObj(
                i ->
                    new Prediction(
                        UUID.randomUUID(),
                        name,
                        version,
                        midnight(day),
                        Instant.now(),
                        score(0),
                        null,
                        "{\"recency\": " + score(shift) + "}"))
            .toList();
    store.predictions().store(predictions);
    return predictions.stream().map(Prediction::id).toList();
  }

  /** So many seconds of a gateway, each with one request for the same day. */
  void serves(int version, String day, int seconds, int errors) {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    List<ServiceSample> samples = new ArrayList<>();
    for (int i = 0; i < seconds; i++) {
      samples.add(
          new ServiceSample(
              "g-1",
              name,
              version,
              now.plusSeconds(i),
              LocalDate.parse(day),
              1,
              i < errors ? 0 : 1,
              i < errors ? 1 : 0,
              latency()));
    }
    store.service().store(samples);
  }

  private static String latency() {
    Histogram histogram = new Histogram(3);
    histogram.recordValue(2_000);
    ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(bytes);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
  }

  long monitorId() {
    return store.monitors().ofModel(name).get(0).id();
  }

  /** Asked for, and measured. */
  long measured(String day) {
    long check = store.monitors().requestCheck(monitorId(), midnight(day), by("engineer"));
    checks.measure(check);
    return check;
  }

  /** A whole look, as the workflow makes it. */
  void check(String day) {
    checks.judge(measured(day));
  }

  List<MonitorWindow> windows(String aspect) {
    return store.monitors().windows(monitorId()).stream()
        .filter(window -> window.aspect().equals(aspect))
        .toList();
  }

  List<Alert> open() {
    return store.alerts().list(name, "open", null, 10);
  }

  static Instant midnight(String day) {
    return Instant.parse(day + "T00:00:00Z");
  }

  /** Keeps every check of the model from being concluded until it is closed. */
  Hold holdMonitors() throws SQLException {
    return new Hold(name);
  }

  /** A transaction that holds the rows which checks lock. */
  static final class Hold implements AutoCloseable {
    private final Connection connection;

    private Hold(String model) throws SQLException {
      PostgresServer postgres = PostgresServer.shared();
      connection =
          DriverManager.getConnection(
              postgres.url(), PostgresServer.OWNER, postgres.ownerPassword());
      connection.setAutoCommit(false);
      try (PreparedStatement lock =
          connection.prepareStatement(
              "select id from airlock.monitor where model = ? for no key update")) {
        lock.setString(1, model);
        lock.execute();
      }
    }

    /** Waits until so many others wait for the rows. */
    void awaitWaiting(int others) throws SQLException {
      try (PreparedStatement waiting =
          connection.prepareStatement("select count(*) from pg_locks where not granted")) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (count(waiting) < others) {
          if (System.nanoTime() > deadline) {
            throw new AssertionError("Nobody came to wait");
          }
          LockSupport.parkNanos(10_000_000);
        }
      }
    }

    private static int count(PreparedStatement waiting) throws SQLException {
      try (ResultSet rows = waiting.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }

    @Override
    public void close() throws SQLException {
      connection.rollback();
      connection.close();
    }
  }

  /** Migrated once for all tests of this JVM. */
  private static final class Shared {
    static final ArtifactStore ARTIFACTS = artifacts();
    static final Store STORE = migrated(PostgresServer.shared());

    private static ArtifactStore artifacts() {
      return ArtifactStore.open(TemporaryFolder.make("airlock-monitoring").toUri());
    }

    private static Store migrated(PostgresServer postgres) {
      Migrate.migrate(
          new MigrateConfig(
              postgres.url(),
              PostgresServer.OWNER,
              postgres.ownerPassword(),
              postgres.applicationPassword(),
              List.of(
                  new Account("engineer", Role.ENGINEER, "of an engineer", "token of an engineer"),
                  new Account("approver", Role.APPROVER, "of an approver", "token of an approver")),
              new TreeMap<>(Map.of("ml-leads", List.of("approver")))));
      return Store.open(
          new StoreConfig(
              postgres.url(), PostgresServer.APPLICATION, postgres.applicationPassword()),
          "airlock-monitoring-test");
    }
  }

  static Acting by(String person) {
    return Acting.within(person, Origin.Channel.API);
  }
}
