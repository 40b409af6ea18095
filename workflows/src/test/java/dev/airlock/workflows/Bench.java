package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.dsl.graph.Graph;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * The real workflows on a Temporal whose clock skips, with a fake world around them. Each history
 * that a test makes is replayed at its end.
 */
final class Bench {

  static final long RUN = 1;

  /** What some forty stages or items reach, so that a run or a map continues as new. */
  static final HistoryBounds SHORT = new HistoryBounds(60, 90, 10_000_000);

  final FakeLedger ledger = new FakeLedger();
  final FakeApprovals approvals = new FakeApprovals();
  final FakeTraffic traffic = new FakeTraffic();
  final FakeRollouts rollouts = new FakeRollouts();
  final FakeMonitors monitors = new FakeMonitors();
  final FakeStages stages = new FakeStages();
  final FakeSubRuns subRuns = new FakeSubRuns();
  final FakeCache cache = new FakeCache();
  final FakeWaiting waiting = new FakeWaiting();
  final FakeItems items = new FakeItems();
  final TestWorkflowEnvironment temporal;

  private final HistoryBounds bounds;

  Bench() {
    this(HistoryBounds.USUAL);
  }

  Bench(HistoryBounds bounds) {
    this(bounds, environment());
  }

  /** The same on a Temporal that is there already, whose clock is the world's. */
  Bench(HistoryBounds bounds, String target) {
    this(
        bounds,
        TestWorkflowEnvironment.newInstance(
            speakingJson().setUseExternalService(true).setTarget(target).build()));
  }

  private Bench(HistoryBounds bounds, TestWorkflowEnvironment environment) {
    this.bounds = bounds;
    temporal = environment;
    Worker control = temporal.newWorker(TaskQueues.CONTROL, options());
    WorkflowTypes.register(control, bounds);
    control.registerActivitiesImplementations(
        ledger,
        approvals,
        traffic,
        rollouts,
        stages,
        items.ledger(),
        subRuns,
        cache,
        waiting.rows());
    temporal
        .newWorker(TaskQueues.SPARK, options())
        .registerActivitiesImplementations(stages, cache);
    Worker tasks = temporal.newWorker(TaskQueues.TASKS, options());
    WorkflowTypes.registerRuns(tasks, bounds);
    tasks.registerActivitiesImplementations(ledger, stages, items, waiting);
    temporal
        .newWorker(TaskQueues.MONITORS, options())
        .registerActivitiesImplementations(rollouts, monitors);
    traffic.carriedBy(this::carry);
    traffic.settleBy(rollouts);
    rollouts.runBy(this::now);
    temporal.start();
  }

  /** A Temporal of its own that speaks Airlock's JSON. */
  static TestWorkflowEnvironment environment() {
    return TestWorkflowEnvironment.newInstance(
        speakingJson().setInitialTime(Instant.parse("1998-01-05T04:30:00Z")).build());
  }

  private static TestEnvironmentOptions.Builder speakingJson() {
    return TestEnvironmentOptions.newBuilder()
        .setWorkflowClientOptions(
            WorkflowClientOptions.newBuilder()
                .setDataConverter(WorkflowTypes.dataConverter())
                .build());
  }

  /** Runs the graph to its end, letting the clock skip. */
  RunState run(Graph graph) {
    return start(graph).getResult(RunState.class);
  }

  WorkflowStub start(Graph graph) {
    return start(request(graph));
  }

  WorkflowStub start(RunRequest request) {
    WorkflowStub run =
        client()
            .newUntypedWorkflowStub(
                "PipelineWorkflow",
                WorkflowOptions.newBuilder(optionsOf(RunIds.workflowId(RUN)))
                    .setTaskQueue(TaskQueues.TASKS)
                    .build());
    run.start(request);
    return run;
  }

  static RunRequest request(Graph graph) {
    TreeMap<String, String> params = new TreeMap<>();
    params.put("orders", "orders.csv.gz");
    params.put("horizon-days", "90");
    return new RunRequest(
        RUN,
        3,
        graph,
        "c".repeat(64),
        Instant.parse("1997-12-31T00:00:00Z"),
        params,
        "engineer",
        "engineer");
  }

  /** Writes the decision down and tells the run, as the outbox does. */
  DecisionOutcome decide(String person, boolean approve, String reason) {
    long decision = approvals.write(person, approve, reason);
    return deliver(1, decision);
  }

  DecisionOutcome deliver(long approval, long decision) {
    return deliver(approval, decision, "decision-" + decision);
  }

  DecisionOutcome deliver(long approval, long decision, String updateId) {
    return run()
        .startUpdate(
            UpdateOptions.<DecisionOutcome>newBuilder()
                .setUpdateName("decide")
                .setUpdateId(updateId)
                .setResultClass(DecisionOutcome.class)
                .setWaitForStage(WorkflowUpdateStage.COMPLETED)
                .build(),
            approval,
            decision)
        .getResult();
  }

  /** Starts a rollout that no model's workflow knows of. */
  WorkflowStub roll(RolloutPlan plan) {
    WorkflowStub rollout =
        client()
            .newUntypedWorkflowStub(
                "RolloutWorkflow", optionsOf(RunIds.rolloutWorkflowId(plan.rolloutId())));
    rollout.start(plan);
    return rollout;
  }

  WorkflowStub rollout() {
    return client().newUntypedWorkflowStub(RunIds.rolloutWorkflowId(FakeRollouts.ROLLOUT));
  }

  Instant now() {
    return Instant.ofEpochMilli(temporal.currentTimeMillis());
  }

  WorkflowStub run() {
    return client().newUntypedWorkflowStub(RunIds.workflowId(RUN));
  }

  WorkflowStub model() {
    return client().newUntypedWorkflowStub(RunIds.modelWorkflowId(FakeTraffic.MODEL));
  }

  /** Signals the model's workflow, starting it where need be. */
  void carry(long commandId) {
    ModelWorkflow model =
        client()
            .newWorkflowStub(
                ModelWorkflow.class, optionsOf(RunIds.modelWorkflowId(FakeTraffic.MODEL)));
    var batch = client().newSignalWithStartRequest();
    batch.add(model::run, FakeTraffic.MODEL, List.<Long>of(), List.<Long>of());
    batch.add(model::submit, commandId);
    client().signalWithStart(batch);
  }

  WorkflowClient client() {
    return temporal.getWorkflowClient();
  }

  WorkflowExecutionHistory history(String workflowId) {
    return client().fetchHistory(workflowId);
  }

  /** Those of all executions of a workflow that continued as new, the newest first. */
  List<WorkflowExecutionHistory> chain(String workflowId) {
    List<WorkflowExecutionHistory> chain = new ArrayList<>();
    chain.add(history(workflowId));
    for (String before = before(chain.get(0)); !before.isEmpty(); ) {
      WorkflowExecutionHistory earlier = client().fetchHistory(workflowId, before);
      chain.add(earlier);
      before = before(earlier);
    }
    return chain;
  }

  private static String before(WorkflowExecutionHistory history) {
    return history
        .getEvents()
        .get(0)
        .getWorkflowExecutionStartedEventAttributes()
        .getContinuedExecutionRunId();
  }

  /** Waits for the end of a run that somebody has cancelled. */
  void awaitCancelled() {
    WorkflowFailedException end =
        assertThrows(WorkflowFailedException.class, () -> run().getResult(RunState.class));
    assertInstanceOf(CanceledFailure.class, end.getCause());
    assertEquals(RunState.CANCELLED, ledger.closedAs());
  }

  /** Looks until it holds; the clock does not skip meanwhile. */
  static void eventually(BooleanSupplier holds) throws InterruptedException {
    Instant deadline = Instant.now().plusSeconds(20);
    while (!holds.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("It did not come true within 20 s.");
      }
      Thread.sleep(5);
    }
  }

  static void replay(WorkflowExecutionHistory history) throws Exception {
    replay(history, HistoryBounds.USUAL);
  }

  /** Histories of executions that ended at other bounds go by those. */
  static void replay(WorkflowExecutionHistory history, HistoryBounds bounds) throws Exception {
    try (TestWorkflowEnvironment elsewhere = environment()) {
      Worker worker = elsewhere.newWorker(TaskQueues.CONTROL, options());
      WorkflowTypes.register(worker, bounds);
      worker.replayWorkflowExecution(history);
    }
  }

  private static WorkerOptions options() {
    return WorkflowTypes.workerOptions()
        .setMaxHeartbeatThrottleInterval(Duration.ofMillis(50))
        .build();
  }

  static WorkflowOptions optionsOf(String workflowId) {
    return WorkflowOptions.newBuilder()
        .setWorkflowId(workflowId)
        .setTaskQueue(TaskQueues.CONTROL)
        .build();
  }

  /** Replays what the test has made, and stops. */
  void close() throws Exception {
    try {
      for (String workflowId :
          new String[] {
            RunIds.workflowId(RUN),
            RunIds.mapWorkflowId(RUN, "each"),
            RunIds.modelWorkflowId(FakeTraffic.MODEL),
            RunIds.rolloutWorkflowId(FakeRollouts.ROLLOUT),
            RunIds.checkWorkflowId(12)
          }) {
        if (isWhole(workflowId)) {
          replay(history(workflowId), bounds);
        }
      }
    } finally {
      temporal.close();
    }
  }

  /** Histories that were cut off by force can't be replayed. */
  private boolean isWhole(String workflowId) {
    try {
      return client().newUntypedWorkflowStub(workflowId).describe().getStatus()
          != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED;
    } catch (WorkflowNotFoundException unknown) {
      return false;
    }
  }
}
