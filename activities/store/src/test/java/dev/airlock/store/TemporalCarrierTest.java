package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Decision.Verdict;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.CheckWorkflow;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.DecisionOutcome;
import dev.airlock.workflows.ModelWorkflow;
import dev.airlock.workflows.PipelineWorkflow;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.RolloutPlan;
import dev.airlock.workflows.RolloutState;
import dev.airlock.workflows.RolloutWorkflow;
import dev.airlock.workflows.RunIds;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.TaskQueues;
import dev.airlock.workflows.WorkflowTypes;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The outbox against Temporal's in-memory server, with workflows that only note what they hear. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TemporalCarrierTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Map<Long, RunRequest> STARTED = new ConcurrentHashMap<>();
  private static final Queue<Long> DECISIONS = new ConcurrentLinkedQueue<>();
  private static final Queue<Long> CANCELLED = new ConcurrentLinkedQueue<>();
  private static final Queue<String> COMMANDS = new ConcurrentLinkedQueue<>();

  private TestDatabase database;
  private Store store;
  private Scene scene;
  private TestWorkflowEnvironment temporal;
  private OutboxDispatcher dispatcher;

  @BeforeAll
  void openDatabase() {
    database = TestDatabase.fresh();
    store = database.store();
  }

  @BeforeEach
  void open(@TempDir Path folder) {
    List.of(DECISIONS, CANCELLED, COMMANDS).forEach(Queue::clear);
    STARTED.clear();
    database.emptied();
    scene = new Scene(store, new FileArtifactStore(folder));
    temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setUseTimeskipping(false)
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(WorkflowTypes.dataConverter())
                        .build())
                .build());
    Worker worker = temporal.newWorker(TaskQueues.CONTROL);
    worker.registerWorkflowImplementationTypes(
        NotingModel.class, NotingRollout.class, NotingCheck.class);
    temporal.newWorker(TaskQueues.TASKS).registerWorkflowImplementationTypes(NotingRun.class);
    dispatcher = OutboxDispatcher.start(store, temporal.getWorkflowClient());
  }

  @AfterEach
  void close() {
    dispatcher.close();
    temporal.close();
  }

  @AfterAll
  void closeDatabase() {
    database.close();
  }

  /** Hears decisions until it is cancelled. */
  public static final class NotingRun implements PipelineWorkflow {
    @Override
    public RunState run(RunRequest request) {
      STARTED.put(request.runId(), request);
      try {
        Workflow.await(() -> false);
        return RunState.SUCCEEDED;
      } catch (CanceledFailure e) {
        CANCELLED.add(request.runId());
        return RunState.CANCELLED;
      }
    }

    @Override
    public DecisionOutcome decide(long approvalId, long decisionId) {
      DECISIONS.add(decisionId);
      return new DecisionOutcome.Refused("Only noted");
    }

    @Override
    public void validateDecide(long approvalId, long decisionId) {
      // Takes everything.
    }

    @Override
    public void commandFinished(long commandId) {
      COMMANDS.add("finished " + commandId);
    }

    @Override
    public void subRunEnded(long runId) {
      COMMANDS.add("sub-run ended " + runId);
    }

    @Override
    public void slotsGranted(long requestId) {
      COMMANDS.add("slots " + requestId);
    }

    @Override
    public void eventArrived(long waitId) {
      COMMANDS.add("event " + waitId);
    }
  }

  /** Hears commands. */
  public static final class NotingModel implements ModelWorkflow {
    @Override
    public void run(String model, List<Long> pending, List<Long> finished) {
      Workflow.await(() -> false);
    }

    @Override
    public void submit(long commandId) {
      COMMANDS.add(Workflow.getInfo().getWorkflowId() + " " + commandId);
    }

    @Override
    public void rolloutEnded(long commandId) {
      COMMANDS.add("ended " + commandId);
    }
  }

  /** Hears controls for as long as its test lasts. */
  public static final class NotingRollout implements RolloutWorkflow {
    @Override
    public RolloutState run(RolloutPlan plan) {
      Workflow.await(() -> false);
      return RolloutState.ABORTED;
    }

    @Override
    public void control(long controlId) {
      COMMANDS.add("control " + controlId);
    }

    @Override
    public void lookAgain() {
      // Only listens.
    }
  }

  /** Notes that it was started. */
  public static final class NotingCheck implements CheckWorkflow {
    @Override
    public void check(long checkId) {
      COMMANDS.add(Workflow.getInfo().getWorkflowId() + " " + checkId);
    }
  }

  @Test
  void shouldTellARunOfItsSlotsAndItsEvent() {
    temporal.start();
    store.pools().resize("warehouse", 1, "admin");
    long first = newRun();
    long second = newRun();
    assertTrue(store.pools().request(first, "orders", "warehouse", 1).granted());
    long wish = store.pools().request(second, "orders", "warehouse", 1).id();
    long wait =
        store
            .events()
            .await(
                second,
                "evaluate",
                Work.EventSource.EVENT,
                "prices-in",
                Instant.EPOCH,
                Instant.now())
            .waitId();

    store.runLedger().close(first, RunState.FAILED, null, Instant.now());
    store.events().tell("prices-in", "1", Instant.now(), null, "engineer");

    Deadline.within(Duration.ofSeconds(20), () -> COMMANDS.contains("slots " + wish));
    Deadline.within(Duration.ofSeconds(20), () -> COMMANDS.contains("event " + wait));
  }

  private long newRun() {
    return store
        .runs()
        .request(new NewRun(Scene.PIPELINE, Map.of(), null, "e", "e", "", null))
        .id();
  }

  @Test
  void shouldGiveTheNextRunItsTurnWhenTemporalGoesOnWithNoneBefore() {
    Graph graph = Scene.graph("ml-leads", 1);
    store
        .pipelines()
        .publish(
            new Graph(
                graph.name(),
                graph.owner(),
                null,
                graph.params(),
                graph.stages(),
                new StartSpec(1, null, null, false)),
            Scene.CODE,
            "engineer");
    long terminated = scene.run("engineer");
    long forgotten = scene.run("engineer");
    long last = scene.run("engineer");

    LostRuns lost = new LostRuns(store, temporal.getWorkflowClient());
    awaitLongCarried(terminated);
    assertEquals(0, lost.look(), "it goes on");
    terminate(terminated);
    assertEquals(1, lost.look());
    assertTrue(error(terminated).startsWith("It was terminated in Temporal"));

    awaitLongCarried(forgotten);
    try (TestWorkflowEnvironment another = TestWorkflowEnvironment.newInstance()) {
      assertEquals(1, new LostRuns(store, another.getWorkflowClient()).look());
      assertEquals("Temporal has forgotten this run.", error(forgotten));
      awaitLongCarried(last);
      assertEquals(
          0, new LostRuns(store, another.getWorkflowClient()).look(), "nobody waits for it");
    }
    terminate(last);
    assertEquals(1, lost.look());
  }

  @Test
  void shouldCancelARunWhoseWorkflowWasTerminated() {
    long run = scene.run("engineer");
    Deadline.within(PATIENCE, () -> store.outbox().isDelivered(OutboxKind.START_RUN, run));
    terminate(run);

    store.runs().cancel(run, "engineer");

    Deadline.within(
        PATIENCE, () -> store.runs().find(run).orElseThrow().state() == RunState.CANCELLED);
  }

  private void terminate(long run) {
    temporal
        .getWorkflowClient()
        .newUntypedWorkflowStub(RunIds.workflowId(run))
        .terminate("by hand");
  }

  private void awaitLongCarried(long run) {
    Deadline.within(PATIENCE, () -> store.outbox().isDelivered(OutboxKind.START_RUN, run));
    database
        .owner()
        .useHandle(
            handle ->
                handle.execute(
                    "update outbox set delivered_at = now() - interval '1 minute' where subject = ?",
                    run));
  }

  private String error(long run) {
    return Objects.requireNonNull(store.runs().find(run).orElseThrow().error()).message();
  }

  @Test
  void shouldTellARolloutOfAControlOnceItListens() {
    scene.live("first");
    RolloutPlan plan =
        ((CommandOutcome.Begun)
                store
                    .routing(HaltPoint.NONE)
                    .shift(scene.byCanary().deploy(scene.approved("second"))))
            .plan();
    temporal.start();
    long control = pause(plan);
    OutboxKind kind = OutboxKind.ROLLOUT_CONTROL;
    assertFalse(store.outbox().isDelivered(kind, control));

    WorkflowClient.start(
        temporal
                .getWorkflowClient()
                .newWorkflowStub(
                    RolloutWorkflow.class,
                    WorkflowOptions.newBuilder()
                        .setWorkflowId(RunIds.rolloutWorkflowId(plan.rolloutId()))
                        .setTaskQueue(TaskQueues.CONTROL)
                        .build())
            ::run,
        plan);
    Deadline.within(PATIENCE, () -> COMMANDS.contains("control " + control));
    Deadline.within(PATIENCE, () -> store.outbox().isDelivered(kind, control));
  }

  private long pause(RolloutPlan plan) {
    return ((CommandRequest.Recorded)
            store.rollouts().request(plan.rolloutId(), RolloutControl.Kind.PAUSE, "bob", "Lunch"))
        .commandId();
  }

  @Test
  void shouldSettleAControlOfARolloutThatEndedOnTheWay() {
    dispatcher.close();
    scene.live("first");
    RolloutPlan plan =
        ((CommandOutcome.Begun)
                store
                    .routing(HaltPoint.NONE)
                    .shift(scene.byCanary().deploy(scene.approved("second"))))
            .plan();
    long control = pause(plan);
    store
        .rolloutActivities(HaltPoint.NONE)
        .end(plan.rolloutId(), RolloutState.ROLLED_BACK, "Errors");
    temporal.start();
    dispatcher = OutboxDispatcher.start(store, temporal.getWorkflowClient());

    Deadline.within(
        PATIENCE, () -> store.rollouts().control(control).orElseThrow().settledAt() != null);

    assertEquals(
        "Rollout %d is over: rolled-back.".formatted(plan.rolloutId()),
        store.rollouts().control(control).orElseThrow().answer());
  }

  @Test
  void shouldStartACheckOnceHoweverOftenItIsCarried() {
    temporal.start();
    scene.live("first");
    long monitor =
        store
            .monitors()
            .install(
                scene.task(scene.run("engineer"), "watch", Map.of()),
                Scene.MODEL,
                Scene.WATCH,
                Duration.ofHours(6));

    long check =
        store.monitors().requestCheck(monitor, Instant.parse("1998-04-01T00:00:00Z"), "schedule");
    String started = "check-%d %d".formatted(check, check);
    Deadline.within(PATIENCE, () -> COMMANDS.contains(started));
    carryAgain();

    assertEquals(1, COMMANDS.stream().filter(started::equals).count());
  }

  private void carryAgain() {
    database
        .owner()
        .useHandle(
            handle -> handle.execute("update outbox set delivered_at = null, due_at = now()"));
    Deadline.within(PATIENCE, () -> store.outbox().waiting() == 0);
  }

  @Test
  void shouldStartARunOnceHoweverOftenItIsCarried() {
    temporal.start();
    long run = scene.run("engineer");

    Deadline.within(PATIENCE, () -> STARTED.containsKey(run));
    Deadline.within(PATIENCE, () -> store.outbox().waiting() == 0);
    carryAgain();

    assertEquals(store.runs().startRequest(run).orElseThrow(), STARTED.get(run));
  }

  @Test
  void shouldTellTheRunOfADecisionOnce() {
    temporal.start();
    Approval approval = scene.opened("told");
    GateOutcome.Recorded recorded =
        (GateOutcome.Recorded) scene.decide(approval, "approver", Verdict.APPROVE);

    Deadline.within(PATIENCE, () -> DECISIONS.contains(recorded.id()));
    Deadline.within(PATIENCE, () -> store.outbox().waiting() == 0);
    carryAgain();

    assertEquals(List.of(recorded.id()), List.copyOf(DECISIONS));
  }

  @Test
  void shouldKeepADecisionAndCarryOtherFactsWhenNoWorkerIsUp() {
    Approval approval = scene.opened("patient");
    GateOutcome.Recorded recorded =
        (GateOutcome.Recorded) scene.decide(approval, "approver", Verdict.APPROVE);
    Deadline.within(
        PATIENCE, () -> store.outbox().isDelivered(OutboxKind.START_RUN, approval.runId()));

    long other = scene.run("engineer");
    Deadline.within(PATIENCE, () -> store.outbox().isDelivered(OutboxKind.START_RUN, other));
    assertTrue(DECISIONS.isEmpty());
    assertNull(store.approvals().decision(recorded.id()).orElseThrow().outcome());

    temporal.start();
    Deadline.within(PATIENCE, () -> DECISIONS.contains(recorded.id()));
    Deadline.within(PATIENCE, () -> store.outbox().waiting() == 0);
  }

  @Test
  void shouldRefuseADecisionWithAReasonWhenTemporalDoesNotKnowTheRun() {
    dispatcher.close();
    Approval approval = scene.opened("forgotten");
    database.owner().useHandle(handle -> handle.execute("update outbox set delivered_at = now()"));
    GateOutcome.Recorded recorded =
        (GateOutcome.Recorded) scene.decide(approval, "approver", Verdict.APPROVE);
    temporal.start();
    dispatcher = OutboxDispatcher.start(store, temporal.getWorkflowClient());

    Deadline.within(
        PATIENCE, () -> store.approvals().decision(recorded.id()).orElseThrow().outcome() != null);

    Decision decision = store.approvals().decision(recorded.id()).orElseThrow();
    assertEquals(Decision.Outcome.REFUSED, decision.outcome());
    assertTrue(decision.outcomeReason().startsWith("Run " + approval.runId() + " has ended"));
    Deadline.within(
        PATIENCE,
        () -> store.runs().find(approval.runId()).orElseThrow().state() == RunState.FAILED);
  }

  @Test
  void shouldEndEverythingThatAServerWithoutMemoryHasForgotten() {
    temporal.start();
    Approval approval = scene.opened("forgotten by memory");
    long command = scene.deploy(approval);
    Deadline.within(PATIENCE, () -> store.outbox().waiting() == 0);
    dispatcher.close();
    long fresh = scene.run("engineer");

    assertEquals(1, ForgottenRuns.closeAll(store, "Temporal kept nothing."));
    assertEquals(0, ForgottenRuns.closeAll(store, "Temporal kept nothing."));

    RunDetail closed = store.runs().detail(approval.runId()).orElseThrow();
    assertEquals(RunState.FAILED, closed.run().state());
    assertTrue(closed.stages().stream().allMatch(stage -> stage.state().isFinal()));
    assertEquals(
        ApprovalStanding.State.WITHDRAWN,
        store.approvals().find(approval.id()).orElseThrow().state());
    assertEquals(
        new CommandOutcome.Refused("Temporal kept nothing."), store.deployments().outcome(command));
    assertEquals(RunState.QUEUED, store.runs().find(fresh).orElseThrow().state());
  }

  @Test
  void shouldCancelARun() {
    temporal.start();
    long run = scene.run("engineer");
    Deadline.within(PATIENCE, () -> STARTED.containsKey(run));

    store.runs().cancel(run, "engineer");

    Deadline.within(PATIENCE, () -> CANCELLED.contains(run));
  }

  @Test
  void shouldCloseARunWhenTemporalHasForgottenIt() {
    dispatcher.close();
    long run = scene.run("engineer");
    database.owner().useHandle(handle -> handle.execute("update outbox set delivered_at = now()"));
    store.runs().cancel(run, "engineer");
    temporal.start();
    dispatcher = OutboxDispatcher.start(store, temporal.getWorkflowClient());

    Deadline.within(
        PATIENCE, () -> store.runs().find(run).orElseThrow().state() == RunState.CANCELLED);
  }

  @Test
  void shouldStartTheModelsWorkflowWithItsFirstCommand() {
    temporal.start();
    Approval approval = scene.opened("commanded");

    long command = scene.deploy(approval);

    Deadline.within(PATIENCE, () -> COMMANDS.contains("model-" + Scene.MODEL + " " + command));
  }
}
