package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Decision.Verdict;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.RolloutPlan;
import dev.airlock.workflows.RolloutState;
import dev.airlock.workflows.RolloutWorkflow;
import dev.airlock.workflows.RunIds;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.TaskQueues;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the outbox tells Temporal, once and in time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TemporalCarrierTest {

  private TestDatabase database;
  private Store store;
  private Scene scene;
  private NotedTemporal temporal;

  @BeforeAll
  void openDatabase() {
    database = TestDatabase.fresh();
    store = database.store();
  }

  @BeforeEach
  void open(@TempDir Path folder) {
    database.emptied();
    scene = new Scene(store, new FileArtifactStore(folder));
    temporal = NotedTemporal.of(database);
  }

  @AfterEach
  void close() {
    temporal.close();
  }

  @AfterAll
  void closeDatabase() {
    database.close();
  }

  @Test
  void shouldStartARunOnceHoweverOftenItIsCarried() {
    temporal.startWorkers();
    long run = scene.run("engineer");

    temporal.awaitStarted(run);
    temporal.awaitAllCarried();
    temporal.carryAgain();

    assertEquals(List.of(store.runs().startRequest(run).orElseThrow()), temporal.startsOf(run));
  }

  @Test
  void shouldCancelARun() {
    temporal.startWorkers();
    long run = scene.run("engineer");
    temporal.awaitStarted(run);

    store.runs().cancel(run, by("engineer"));

    temporal.awaitCancelled(run);
  }

  @Test
  void shouldTellARunOfItsSlotsAndItsEvent() {
    temporal.startWorkers();
    store.pools().resize("warehouse", 1, by("admin"));
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
    store.events().tell("prices-in", "1", Instant.now(), null, by("engineer"));

    temporal.awaitHeard("slots " + wish);
    temporal.awaitHeard("event " + wait);
  }

  private long newRun() {
    return store
        .runs()
        .request(new NewRun(Scene.PIPELINE, Map.of(), null, by("e"), "e", "", null))
        .id();
  }

  @Test
  void shouldTellTheRunOfADecisionOnce() {
    temporal.startWorkers();
    Approval approval = scene.opened("told");
    GateOutcome.Recorded recorded =
        (GateOutcome.Recorded) scene.decide(approval, "approver", Verdict.APPROVE);

    temporal.awaitDecision(recorded.id());
    temporal.awaitAllCarried();
    temporal.carryAgain();

    assertEquals(List.of(recorded.id()), temporal.decisions());
  }

  @Test
  void shouldTellTheRunOnceMoreOfAVoteThatASignInLetsCount() {
    temporal.startWorkers();
    signIn();
    scene.askedOf("ml-leads", 2);
    Approval alone = scene.opened("one of two");
    long first = scene.vote(alone, "dave", Verdict.APPROVE);
    Approval both = scene.opened("two of two");
    long second = scene.vote(both, "dave", Verdict.APPROVE);
    thirtyOneDaysPass();
    long third = scene.vote(both, "bob", Verdict.APPROVE);
    List.of(first, second, third).forEach(temporal::awaitDecision);

    signIn();

    Deadline.within(NotedTemporal.PATIENCE, () -> timesHeard(second) == 2);
    temporal.awaitAllCarried();
    temporal.carryAgain();
    assertEquals(
        List.of(1L, 2L, 1L), List.of(timesHeard(first), timesHeard(second), timesHeard(third)));

    thirtyOneDaysPass();
    signIn();
    Deadline.within(NotedTemporal.PATIENCE, () -> timesHeard(second) == 3);
  }

  @Test
  void shouldKeepTheVoteOfASignInUntilTemporalIsThere() {
    signIn();
    scene.askedOf("ml-leads", 2);
    Approval approval = scene.opened("patient");
    long vote = scene.vote(approval, "dave", Verdict.APPROVE);
    thirtyOneDaysPass();
    scene.vote(approval, "bob", Verdict.APPROVE);
    temporal.stopCarrying();

    signIn();

    temporal.startWorkers();
    temporal.goOnCarrying();
    Deadline.within(NotedTemporal.PATIENCE, () -> timesHeard(vote) == 2);
    temporal.awaitAllCarried();
  }

  private void signIn() {
    store
        .membership()
        .signInFrom(
            new VouchedPerson(
                "https://id.example", "9", "dave", Role.APPROVER, List.of("ml-leads")),
            by("x").origin());
  }

  private void thirtyOneDaysPass() {
    database
        .owner()
        .useHandle(
            handle ->
                handle.execute(
                    "update person set vouched_at = vouched_at - interval '31 days' where name = 'dave'"));
  }

  private long timesHeard(long decision) {
    return temporal.decisions().stream().filter(heard -> heard == decision).count();
  }

  @Test
  void shouldKeepADecisionAndCarryOtherFactsWhenNoWorkerIsUp() {
    Approval approval = scene.opened("patient");
    GateOutcome.Recorded recorded =
        (GateOutcome.Recorded) scene.decide(approval, "approver", Verdict.APPROVE);
    temporal.awaitCarried(OutboxKind.START_RUN, approval.runId());

    long other = scene.run("engineer");
    temporal.awaitCarried(OutboxKind.START_RUN, other);
    assertEquals(List.of(), temporal.decisions());
    assertNull(store.approvals().decision(recorded.id()).orElseThrow().outcome());

    temporal.startWorkers();
    temporal.awaitDecision(recorded.id());
    temporal.awaitAllCarried();
  }

  @Test
  void shouldStartTheModelsWorkflowWithItsFirstCommand() {
    temporal.startWorkers();
    Approval approval = scene.opened("commanded");

    long command = scene.deploy(approval);

    temporal.awaitHeard("model-" + Scene.MODEL + " " + command);
  }

  @Test
  void shouldStartACheckOnceHoweverOftenItIsCarried() {
    temporal.startWorkers();
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
        store
            .monitors()
            .requestCheck(monitor, Instant.parse("1998-04-01T00:00:00Z"), by("schedule"));
    String started = "check-%d %d".formatted(check, check);
    temporal.awaitHeard(started);
    temporal.carryAgain();

    assertEquals(1, temporal.timesHeard(started));
  }

  @Test
  void shouldTellARolloutOfAControlOnceItListens() {
    RolloutPlan plan = begun();
    temporal.startWorkers();
    long control = pause(plan);
    OutboxKind kind = OutboxKind.ROLLOUT_CONTROL;
    assertFalse(store.outbox().isDelivered(kind, control));

    WorkflowClient.start(
        temporal
                .client()
                .newWorkflowStub(
                    RolloutWorkflow.class,
                    WorkflowOptions.newBuilder()
                        .setWorkflowId(RunIds.rolloutWorkflowId(plan.rolloutId()))
                        .setTaskQueue(TaskQueues.CONTROL)
                        .build())
            ::run,
        plan);
    temporal.awaitHeard("control " + control);
    temporal.awaitCarried(kind, control);
  }

  @Test
  void shouldSettleAControlOfARolloutThatEndedOnTheWay() {
    temporal.stopCarrying();
    RolloutPlan plan = begun();
    long control = pause(plan);
    store
        .rolloutActivities(HaltPoint.NONE)
        .end(plan.rolloutId(), RolloutState.ROLLED_BACK, "Errors");
    temporal.startWorkers();
    temporal.goOnCarrying();

    Deadline.within(
        NotedTemporal.PATIENCE,
        () -> store.rollouts().control(control).orElseThrow().settledAt() != null);

    assertEquals(
        "Rollout %d is over: rolled-back.".formatted(plan.rolloutId()),
        store.rollouts().control(control).orElseThrow().answer());
  }

  /** A canary that has begun. */
  private RolloutPlan begun() {
    scene.live("first");
    CommandOutcome shifted =
        store.routing(HaltPoint.NONE).shift(scene.byCanary().deploy(scene.approved("second")));
    return ((CommandOutcome.Begun) shifted).plan();
  }

  private long pause(RolloutPlan plan) {
    return ((CommandRequest.Recorded)
            store
                .rollouts()
                .request(plan.rolloutId(), RolloutControl.Kind.PAUSE, by("bob"), "Lunch"))
        .commandId();
  }
}
