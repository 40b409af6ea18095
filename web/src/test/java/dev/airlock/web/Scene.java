package dev.airlock.web;

import static dev.airlock.dsl.Expectations.column;
import static dev.airlock.dsl.Expectations.rows;
import static dev.airlock.dsl.Metrics.AUC;
import static dev.airlock.dsl.Metrics.LOG_LOSS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.airlock.dsl.Approved;
import dev.airlock.dsl.Candidate;
import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Evaluation;
import dev.airlock.dsl.ModelVersion;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.Schedule;
import dev.airlock.dsl.Source;
import dev.airlock.dsl.Split;
import dev.airlock.dsl.Sql;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.Trainer;
import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.scoring.LogisticRegression;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.scoring.Task;
import dev.airlock.store.Acting;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.CommandRequest;
import dev.airlock.store.Decision;
import dev.airlock.store.GateOutcome;
import dev.airlock.store.HaltPoint;
import dev.airlock.store.LogLevel;
import dev.airlock.store.NewDecision;
import dev.airlock.store.NewLogLine;
import dev.airlock.store.NewRun;
import dev.airlock.store.Origin;
import dev.airlock.store.Run;
import dev.airlock.store.Store;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RolloutPlan;
import dev.airlock.workflows.RolloutShift;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageState;
import dev.airlock.workflows.StageTask;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A pipeline and its runs, brought about through the store as worker and workflows would. */
final class Scene {
  static final List<String> FEATURES = List.of("log_recency", "log_frequency", "log_spend");
  private static final Param<URI> ORDERS = Param.uri("orders").orElse("cdnow-orders.csv.gz");
  private static final Param<Integer> HORIZON =
      Param.integer("horizon-days").between(7, 365).orElse(90);

  private static final String CANARY =
      """
      {"steps": [{"weight": 30, "hold": "PT30M"}, {"weight": 100}],
       "promoteWhile": [{"of": "signal", "signal": "ERROR_RATE", "comparison": "AT_MOST", "bound": 0.01}]}
      """;

  private final Store store;
  private final ArtifactStore artifacts;
  private boolean isOnTheSameRows;

  Scene(Store store, ArtifactStore artifacts) {
    this.store = store;
    this.artifacts = artifacts;
  }

  static Graph graph(String name) {
    PipelineBuilder pipeline =
        Pipeline.named(name).ownedBy("growth-ml").schedule(Schedule.cron("30 4 * * MON", "UTC"));
    Stage<Dataset> orders =
        pipeline.ingest(
            "orders",
            Source.csv(ORDERS)
                .column("customer_id", ColumnType.INTEGER)
                .column("amount", ColumnType.DECIMAL));
    Stage<Dataset> valid =
        pipeline.validate(
            "orders-ok", orders, column("customer_id").notNull(), rows().atLeast(1_000));
    Stage<Dataset> features =
        pipeline
            .transform(
                "features", Sql.text("select * from orders_ok where 90 = :horizon_days"), valid)
            .with(HORIZON);
    Split split = Split.bySnapshot("as_of").embargo(HORIZON);
    Stage<Candidate> logistic =
        pipeline.train("logistic", features, split, Trainer.logisticRegression().label("repeat"));
    Stage<Candidate> boosted =
        pipeline.train(
            "boosted", features, split, Trainer.gradientBoostedTrees().label("repeat").maxDepth(5));
    Stage<Evaluation> judged =
        pipeline
            .evaluate("judge", split, logistic, boosted)
            .choose(LOG_LOSS)
            .require(AUC.atLeast(0.70))
            .require(LOG_LOSS.notAboveChampionBy(0.002));
    Stage<ModelVersion> version = pipeline.register("register", judged);
    Stage<Approved<ModelVersion>> approved =
        pipeline
            .approval("promote", version)
            .by("ml-leads")
            .quorum(1)
            .within(Duration.ofDays(3))
            .orReject();
    pipeline.deploy("go-live", approved).blueGreen();
    return pipeline.build().graph();
  }

  /** The same, whose approval takes the votes of signed policies. */
  static Graph graphThatTakesPolicies(String name) {
    JsonNode document = Json.mapper().valueToTree(graph(name));
    for (JsonNode stage : document.path("stages")) {
      if (stage.path("name").asText().equals("promote")) {
        ((ObjectNode) stage.path("work")).put("policyAllowed", true);
      }
    }
    return Json.read(document.toString(), Graph.class);
  }

  /** A later version of it: another default, two more params, and no last stage. */
  static Graph changed(Graph graph) {
    List<ParamSpec> params = new ArrayList<>();
    for (ParamSpec param : graph.params()) {
      params.add(
          param.name().equals("horizon-days")
              ? new ParamSpec("horizon-days", ParamType.INTEGER, "30", "7", "365")
              : param);
    }
    params.add(new ParamSpec("dry", ParamType.BOOLEAN, "false", null, null));
    params.add(new ParamSpec("until", ParamType.DATE, "1997-12-31", null, null));
    return new Graph(
        graph.name(),
        graph.owner(),
        graph.schedule(),
        params,
        graph.stages().subList(0, graph.stages().size() - 1));
  }

  int publish(String pipeline) {
    return publish(graph(pipeline), "engineer");
  }

  /** The same, which belongs to another team or person. */
  int publish(String pipeline, String owner, String publisher) {
    Graph graph = graph(pipeline);
    return publish(
        new Graph(pipeline, owner, graph.schedule(), graph.params(), graph.stages()), publisher);
  }

  private int publish(Graph graph, String publisher) {
    String code = artifacts.put(("code of " + graph.name()).getBytes(StandardCharsets.UTF_8));
    return store.pipelines().publish(graph, code, by(publisher));
  }

  long request(String pipeline) {
    return store
        .runs()
        .request(
            new NewRun(
                pipeline,
                Map.of(),
                Instant.parse("1997-12-31T00:00:00Z"),
                by("engineer"),
                "engineer",
                "",
                null))
        .id();
  }

  /** Runs from now on train and judge on one version of the data. */
  void onTheSameRows() {
    isOnTheSameRows = true;
  }

  /** Runs make a version of the data each, as at first. */
  void onRowsOfTheirOwn() {
    isOnTheSameRows = false;
  }

  /** A run that plays its part as far as a test wants it. */
  Play play(long runId) {
    return new Play(runId);
  }

  /** A new run of the pipeline, whose first stage is running. */
  Play running(String pipeline) {
    Play play = play(request(pipeline));
    play.begin("orders", StageState.RUNNING);
    play.flush(RunState.RUNNING);
    return play;
  }

  /** What an attempt at the stage {@code orders} says now. */
  void say(long run, int attempt, int number, String text) {
    store
        .logs()
        .keep(
            List.of(
                new NewLogLine(
                    run, "orders", attempt, number, Instant.now(), LogLevel.INFO, text)));
  }

  /** A run up to the open question of whether its model may go live. */
  Play playToApproval(long runId) {
    Play play = play(runId);
    StageOutput.DatasetVersion orders = dataset(play.run.pipeline() + ".orders", 6_919, 11L);
    play.succeed("orders", orders, 4_100);
    play.succeed("orders-ok", orders, 2_800);
    store.datasets().publish(runId, "orders-ok", 1, orders);
    StageOutput.DatasetVersion features =
        dataset(
            play.run.pipeline() + ".features",
            141_420,
            6_564_790_147_369_582_050L + (isOnTheSameRows ? 0 : runId));
    play.succeed("features", features, 3_400);
    store.datasets().publish(runId, "features", 1, features);
    play.succeed("logistic", candidate("logistic", 0.0, features), 9_400);
    StageOutput.TrainedCandidate boosted = candidate("boosted", runId / 1000.0, features);
    play.succeed("boosted", boosted, 31_000);
    StageOutput.Judgement judgement = judge(play.run, boosted, features);
    play.succeed("judge", judgement, 5_200);
    StageOutput.RegisteredVersion version =
        store
            .registry(artifacts, HaltPoint.NONE)
            .register(play.task("register", Map.of("judge", judgement)));
    play.succeed("register", version, 300);
    play.begin("promote", StageState.WAITING);
    play.approvalId =
        store
            .approvalActivities(artifacts)
            .open(
                play.task("promote", Map.of("register", version)),
                Instant.now().plus(Duration.ofDays(3)));
    play.version = version;
    play.flush(RunState.WAITING);
    return play;
  }

  /** The same, approved by {@code approver} and live. */
  Play playToLive(long runId) {
    Play play = playToApproval(runId);
    decide(play, "approver");
    StageOutput.RegisteredVersion version = play.registered();
    StageOutput.ApprovedVersion approved =
        new StageOutput.ApprovedVersion(version, play.approvalId, List.of("approver"));
    play.succeed("promote", approved, 7_000);
    long command = store.deployments().request(play.task("go-live", Map.of("promote", approved)));
    CommandOutcome outcome = carryOut(command);
    play.succeed("go-live", ((CommandOutcome.Live) outcome).version(), 400);
    play.flush(RunState.RUNNING);
    play.close(RunState.SUCCEEDED, null);
    return play;
  }

  /** A second version, approved, on its way to all traffic: nobody meets it yet. */
  RolloutPlan beginCanary(String model) {
    return beginCanary(model, "engineer");
  }

  /** The same, begun by this person. */
  RolloutPlan beginCanary(String model, String person) {
    Play play = playToApproval(request(model));
    decide(play, "approver");
    CommandRequest request =
        store
            .rollouts()
            .start(model, play.registered().version(), CANARY, by(person), "It is better.");
    CommandOutcome outcome =
        store.routing(HaltPoint.NONE).shift(((CommandRequest.Recorded) request).commandId());
    return ((CommandOutcome.Begun) outcome).plan();
  }

  /** What the rollout's workflow does at each step; answers the epoch. */
  long shift(RolloutPlan plan, int sequence, int weight) {
    RolloutShift shift =
        store
            .rolloutActivities(HaltPoint.NONE)
            .shiftTo(plan.rolloutId(), sequence, 0, weight, "as planned");
    return ((RolloutShift.Shifted) shift).epoch();
  }

  /** What the model's workflow does with a command. */
  CommandOutcome carryOut(long command) {
    CommandOutcome outcome = store.routing(HaltPoint.NONE).shift(command);
    store.routing(HaltPoint.NONE).finish(command, outcome);
    return outcome;
  }

  void decide(Play play, String person) {
    GateOutcome outcome =
        store
            .approvals()
            .decide(
                new NewDecision(
                    play.approvalId,
                    by(person),
                    Decision.Verdict.APPROVE,
                    "Calibration is what campaigns need, and it is good.",
                    store.approvals().find(play.approvalId).orElseThrow().digest()));
    long decision = ((GateOutcome.Recorded) outcome).id();
    store.approvalActivities(artifacts).count(play.approvalId, decision);
  }

  private static StageOutput.DatasetVersion dataset(String name, long rows, long snapshot) {
    return new StageOutput.DatasetVersion(
        name,
        snapshot,
        rows,
        null,
        List.of(
            new ColumnSpec("customer_id", ColumnType.INTEGER),
            new ColumnSpec("amount", ColumnType.DECIMAL)));
  }

  static ScoringModel model(double intercept) {
    return new ScoringModel(
        Task.BINARY_CLASSIFICATION,
        "logistic_regression",
        "repeat",
        FEATURES,
        new LogisticRegression(new double[] {-0.5, 0.8, 0.1}, intercept));
  }

  private StageOutput.TrainedCandidate candidate(
      String stage, double intercept, StageOutput.DatasetVersion features) {
    return new StageOutput.TrainedCandidate(
        stage,
        artifacts.put(model(intercept).write()),
        stage.equals("boosted") ? Algorithm.GRADIENT_BOOSTED_TREES : Algorithm.LOGISTIC_REGRESSION,
        "repeat",
        FEATURES,
        List.of(LocalDate.of(1997, 4, 30), LocalDate.of(1997, 5, 31)),
        47_140,
        features);
  }

  private StageOutput.Judgement judge(
      Run run, StageOutput.TrainedCandidate chosen, StageOutput.DatasetVersion features) {
    TreeMap<String, Double> metrics =
        new TreeMap<>(
            Map.of(
                "auc",
                0.776,
                "pr_auc",
                0.505,
                "log_loss",
                0.3902,
                "brier",
                0.1214,
                "brier_skill",
                0.167));
    Evidence.Champion champion =
        store
            .models()
            .live(run.pipeline())
            .map(
                live ->
                    FullEvidence.champion(
                        live.version(),
                        live.artifactDigest(),
                        new TreeMap<>(
                            Map.of(
                                "auc",
                                0.771,
                                "pr_auc",
                                0.509,
                                "log_loss",
                                0.3951,
                                "brier",
                                0.1243,
                                "brier_skill",
                                0.149))))
            .orElse(null);
    String evidence =
        artifacts.put(
            Json.write(evidence(run, chosen, features, metrics, champion))
                .getBytes(StandardCharsets.UTF_8));
    return new StageOutput.Judgement(
        chosen, LocalDate.of(1997, 6, 30), LocalDate.of(1997, 9, 30), evidence, metrics);
  }

  private static Evidence evidence(
      Run run,
      StageOutput.TrainedCandidate chosen,
      StageOutput.DatasetVersion features,
      SortedMap<String, Double> metrics,
      Evidence.@Nullable Champion champion) {
    List<Evidence.CalibrationBin> bins = new ArrayList<>();
    List<Evidence.RocPoint> roc = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      double p = 0.03 + i * 0.09;
      bins.add(new Evidence.CalibrationBin(9_000 / (i + 1), p, Math.min(1, p * (1.05 - i * 0.01))));
    }
    for (int i = 0; i <= 50; i++) {
      double x = i / 50.0;
      roc.add(new Evidence.RocPoint(x, 1 - Math.pow(1 - Math.pow(x, 0.55), 1.4)));
    }
    return FullEvidence.of(
        new Evidence(
            run.pipeline(),
            run.id(),
            run.pipeline(),
            chosen.artifactDigest(),
            chosen.algorithm(),
            "repeat",
            FEATURES,
            chosen.trainedOn(),
            LocalDate.of(1997, 6, 30),
            LocalDate.of(1997, 9, 30),
            90,
            47_140,
            23_570,
            0.177,
            "log_loss",
            metrics,
            List.of(
                new Evidence.CandidateFigures(
                    "logistic",
                    Algorithm.LOGISTIC_REGRESSION,
                    "0".repeat(64),
                    new TreeMap<>(Map.of("log_loss", 0.3987))),
                new Evidence.CandidateFigures(
                    "boosted",
                    chosen.algorithm(),
                    chosen.artifactDigest(),
                    new TreeMap<>(Map.of("log_loss", 0.3921)))),
            new Evidence.Baseline("log_recency", 0.763),
            champion,
            List.of(
                new Evidence.RequirementCheck(Metric.AUC.atLeast(0.7), 0.776, 0.7, true),
                new Evidence.RequirementCheck(
                    Metric.LOG_LOSS.notAboveChampionBy(0.002),
                    0.3902,
                    champion == null ? null : 0.3971,
                    true)),
            bins,
            roc,
            features,
            null));
  }

  /** One run, as its workflow writes it down. */
  final class Play {
    final Run run;
    long approvalId;
    StageOutput.@Nullable RegisteredVersion version;
    private final Graph graph;
    private final List<StageChange> changes = new ArrayList<>();
    private int sequence;
    private Instant clock = Instant.now().minusSeconds(70);

    Play(long runId) {
      this.run = store.runs().find(runId).orElseThrow();
      this.graph = graph(run.pipeline());
      this.sequence = store.runs().eventsSince(runId, 0).size();
    }

    StageOutput.RegisteredVersion registered() {
      StageOutput.RegisteredVersion known = version;
      if (known == null) {
        throw new IllegalStateException("The run has not registered its model yet.");
      }
      return known;
    }

    void begin(String stage, StageState state) {
      if (state == StageState.RUNNING) {
        store.attempts().claim(run.id(), stage, 1, "worker-1");
      }
      change(stage, state, null, null);
    }

    void succeed(String stage, StageOutput output, long millis) {
      begin(stage, StageState.RUNNING);
      clock = clock.plusMillis(millis);
      change(stage, StageState.SUCCEEDED, output, null);
    }

    void fail(String stage, StageError error) {
      begin(stage, StageState.RUNNING);
      clock = clock.plusMillis(1_300);
      change(stage, StageState.FAILED, null, error);
      boolean isBehind = false;
      for (var spec : graph.stages()) {
        if (isBehind) {
          change(spec.name(), StageState.UPSTREAM_FAILED, null, null);
        }
        isBehind |= spec.name().equals(stage);
      }
      flush(RunState.RUNNING);
      close(RunState.FAILED, error);
    }

    private void change(
        String stage, StageState state, @Nullable StageOutput output, @Nullable StageError error) {
      changes.add(new StageChange(++sequence, stage, state, clock, output, error));
    }

    void flush(RunState state) {
      store.runLedger().record(run.id(), List.copyOf(changes), state);
      changes.clear();
    }

    void close(RunState state, @Nullable StageError error) {
      store.runLedger().close(run.id(), state, error, clock);
    }

    StageTask task(String stage, Map<String, StageOutput> inputs) {
      return new StageTask(
          run.id(),
          run.pipeline(),
          run.version(),
          "0".repeat(64),
          run.logicalDate(),
          run.params(),
          "engineer",
          graph.stage(stage).orElseThrow(),
          new HashMap<>(inputs));
    }
  }

  /** Somebody who acts on a page. */
  static Acting by(String person) {
    return Acting.within(person, Origin.Channel.WEB);
  }
}
