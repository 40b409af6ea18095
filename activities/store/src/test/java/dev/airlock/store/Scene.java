package dev.airlock.store;

import static dev.airlock.store.Actors.by;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.CanarySpec;
import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.SplitSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A pipeline with a gate, and the way through it, one step at a time. */
final class Scene {

  static final String MODEL = "repeat-purchase";
  static final String PIPELINE = "repeat-purchase";
  static final String CODE = "c".repeat(64);

  private final Store store;
  private final ArtifactStore artifacts;

  Scene(Store store, ArtifactStore artifacts) {
    this.store = store;
    this.artifacts = artifacts;
    store.pipelines().publish(graph("ml-leads", 1), CODE, by("engineer"));
  }

  static Graph graph(String by, int quorum) {
    return graph(by, quorum, new Work.Deploy(Work.Strategy.BLUE_GREEN));
  }

  private static Graph graph(String by, int quorum, Work.Deploy deploy) {
    return graph(new Work.Approval(by, quorum, Duration.ofDays(1)), deploy);
  }

  static Graph graph(Work.Approval approval, Work.Deploy deploy) {
    return new Graph(
        PIPELINE,
        "growth",
        null,
        List.of(
            new ParamSpec("orders", ParamType.URI, "/cdnow.csv.gz", null, null),
            new ParamSpec("trees", ParamType.INTEGER, "20", "1", "500"),
            new ParamSpec("first-hold", ParamType.DURATION, "PT30M", null, null)),
        List.of(
            stage(
                "orders",
                new Work.Ingest(
                    new SourceSpec.Csv(
                        Setting.fromParam("orders"),
                        List.of(new ColumnSpec("customer", ColumnType.INTEGER))))),
            stage(
                "evaluate",
                new Work.Evaluate(
                    new SplitSpec("snapshot", Setting.of(90)), Metric.PR_AUC, List.of()),
                "orders"),
            stage("register", new Work.Register(MODEL), "evaluate"),
            stage("approval", approval, "register"),
            stage("deploy", deploy, "approval"),
            stage("watch", WATCH, "deploy")));
  }

  /** Drift, then outcomes, then the service. */
  static final Work.Monitor WATCH =
      new Work.Monitor(
          Setting.of("PT6H"),
          Period.ofMonths(1),
          500,
          List.of(
              new RuleSpec(
                  Signal.PSI.atLeast(0.2), 1, null, RuleSpec.Consequence.OPEN_TICKET, null),
              new RuleSpec(
                  new Condition.OfMetric(Metric.BRIER_SKILL, Requirement.Comparison.AT_MOST, 0.05),
                  2,
                  0.08,
                  RuleSpec.Consequence.RETRAIN,
                  Setting.of("PT720H")),
              new RuleSpec(
                  Signal.ERROR_RATE.atLeast(0.05), 1, null, RuleSpec.Consequence.ROLL_BACK, null)));

  /** Takes over by 5, 25 and 100 % from the next run on. */
  Scene byCanary() {
    CanarySpec canary =
        new CanarySpec(
            List.of(
                new CanarySpec.Step(5, Setting.fromParam("first-hold")),
                new CanarySpec.Step(25, Setting.of("PT2H")),
                new CanarySpec.Step(100, null)),
            List.of(Signal.ERROR_RATE.atMost(0.01)));
    store
        .pipelines()
        .publish(
            graph("ml-leads", 1, new Work.Deploy(Work.Strategy.CANARY, canary)),
            CODE,
            by("engineer"));
    return this;
  }

  private static StageSpec stage(String name, Work work, String... inputs) {
    return new StageSpec(
        name, work, List.of(inputs), List.of(), RetrySpec.STANDARD, Duration.ofMinutes(5));
  }

  /** A gate that another team, role or person opens, from the next run on. */
  Scene askedOf(String by, int quorum) {
    store.pipelines().publish(graph(by, quorum), CODE, by("engineer"));
    return this;
  }

  /** A gate that asks in these words, from the next run on. */
  Scene asking(Work.Approval approval) {
    return asking(approval, CODE);
  }

  /** The same, out of this code. */
  Scene asking(Work.Approval approval, String code) {
    store
        .pipelines()
        .publish(graph(approval, new Work.Deploy(Work.Strategy.BLUE_GREEN)), code, by("engineer"));
    return this;
  }

  /** A run of a person's up to the open gate. */
  Approval openedBy(String person, String model) {
    long runId = run(person);
    return store.approvals().find(open(runId, register(runId, model))).orElseThrow();
  }

  long run(String requestedBy) {
    return store
        .runs()
        .request(new NewRun(PIPELINE, Map.of(), null, by(requestedBy), requestedBy, "", null))
        .id();
  }

  StageTask task(long runId, String stage, Map<String, StageOutput> inputs) {
    RunRequest run = store.runs().startRequest(runId).orElseThrow();
    return new StageTask(
        runId,
        PIPELINE,
        run.version(),
        run.codeDigest(),
        run.logicalDate(),
        run.params(),
        run.requestedBy(),
        run.graph().stage(stage).orElseThrow(),
        new LinkedHashMap<>(inputs));
  }

  /** A judgement of a model whose bytes are this text. */
  StageOutput.Judgement judgement(long runId, String model) {
    String artifact = artifacts.put(model.getBytes(StandardCharsets.UTF_8));
    StageOutput.TrainedCandidate candidate =
        new StageOutput.TrainedCandidate(
            "evaluate",
            artifact,
            Algorithm.LOGISTIC_REGRESSION,
            "bought",
            List.of("log_recency"),
            List.of(LocalDate.of(1997, 4, 30)),
            100,
            DATA);
    SortedMap<String, Double> metrics = new TreeMap<>(Map.of("auc", 0.776));
    String evidence =
        artifacts.put(
            Json.write(evidence(runId, candidate, metrics)).getBytes(StandardCharsets.UTF_8));
    return new StageOutput.Judgement(
        candidate, LocalDate.of(1997, 6, 30), LocalDate.of(1997, 9, 30), evidence, metrics);
  }

  static final StageOutput.DatasetVersion DATA =
      new StageOutput.DatasetVersion(
          "repeat-purchase.orders",
          7,
          100,
          null,
          List.of(new ColumnSpec("customer", ColumnType.INTEGER)));

  private static Evidence evidence(
      long runId, StageOutput.TrainedCandidate candidate, SortedMap<String, Double> metrics) {
    return new Evidence(
        PIPELINE,
        runId,
        MODEL,
        candidate.artifactDigest(),
        candidate.algorithm(),
        candidate.label(),
        candidate.features(),
        candidate.trainedOn(),
        LocalDate.of(1997, 6, 30),
        LocalDate.of(1997, 9, 30),
        90,
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
        null);
  }

  StageOutput.RegisteredVersion register(long runId, String model) {
    return store
        .registry(artifacts, HaltPoint.NONE)
        .register(task(runId, "register", Map.of("evaluate", judgement(runId, model))));
  }

  long open(long runId, StageOutput.RegisteredVersion version) {
    return store
        .approvalActivities(artifacts)
        .open(
            task(runId, "approval", Map.of("register", version)),
            Instant.now().plus(Duration.ofDays(1)));
  }

  /** A run of the engineer's up to the open gate. */
  Approval opened(String model) {
    long runId = run("engineer");
    return store.approvals().find(open(runId, register(runId, model))).orElseThrow();
  }

  GateOutcome decide(Approval approval, String person, Decision.Verdict verdict) {
    return store
        .approvals()
        .decide(
            new NewDecision(
                approval.id(), by(person), verdict, "Seen by " + person, approval.digest()));
  }

  /** Decides, and has the decision counted as the run's workflow does. */
  long vote(Approval approval, String person, Decision.Verdict verdict) {
    GateOutcome.Recorded recorded = (GateOutcome.Recorded) decide(approval, person, verdict);
    store.approvalActivities(artifacts).count(approval.id(), recorded.id());
    return recorded.id();
  }

  /** The command to deploy what the approval is about. */
  long deploy(Approval approval) {
    StageOutput.RegisteredVersion version =
        store.models().version(approval.model(), approval.version()).orElseThrow().output();
    return store
        .deployments()
        .request(
            task(
                approval.runId(),
                "deploy",
                Map.of(
                    "approval",
                    new StageOutput.ApprovedVersion(version, approval.id(), List.of()))));
  }

  Approval approved(String model) {
    Approval approval = opened(model);
    vote(approval, "approver", Decision.Verdict.APPROVE);
    return approval;
  }

  /** A version that people let pass, live. */
  int live(String model) {
    Approval approval = approved(model);
    store.routing(HaltPoint.NONE).shift(deploy(approval));
    return approval.version();
  }
}
