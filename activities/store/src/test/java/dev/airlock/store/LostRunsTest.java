package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.store.Decision.Verdict;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.RunState;
import io.temporal.testing.TestWorkflowEnvironment;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Runs that Temporal has ended without a word, or has forgotten. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LostRunsTest {

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
            by("engineer"));
    long terminated = scene.run("engineer");
    long forgotten = scene.run("engineer");
    long last = scene.run("engineer");

    LostRuns lost = new LostRuns(store, temporal.client());
    awaitLongCarried(terminated);
    assertEquals(0, lost.look(), "it goes on");
    temporal.terminate(terminated);
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
    temporal.terminate(last);
    assertEquals(1, lost.look());
  }

  private void awaitLongCarried(long run) {
    temporal.awaitCarried(OutboxKind.START_RUN, run);
    database
        .owner()
        .useHandle(
            handle ->
                handle.execute(
                    "update outbox set delivered_at = now() - interval '1 minute' where subject = ?",
                    run));
  }

  private void pretendThatAllIsCarried() {
    database.owner().useHandle(handle -> handle.execute("update outbox set delivered_at = now()"));
  }

  private void awaitState(long run, RunState state) {
    Deadline.within(
        NotedTemporal.PATIENCE, () -> store.runs().find(run).orElseThrow().state() == state);
  }

  private String error(long run) {
    return Objects.requireNonNull(store.runs().find(run).orElseThrow().error()).message();
  }

  @Test
  void shouldCancelARunWhoseWorkflowWasTerminated() {
    long run = scene.run("engineer");
    temporal.awaitCarried(OutboxKind.START_RUN, run);
    temporal.terminate(run);

    store.runs().cancel(run, by("engineer"));

    awaitState(run, RunState.CANCELLED);
  }

  @Test
  void shouldCloseARunWhenTemporalHasForgottenIt() {
    temporal.stopCarrying();
    long run = scene.run("engineer");
    pretendThatAllIsCarried();
    store.runs().cancel(run, by("engineer"));
    temporal.startWorkers();
    temporal.goOnCarrying();

    awaitState(run, RunState.CANCELLED);
  }

  @Test
  void shouldRefuseADecisionWithAReasonWhenTemporalDoesNotKnowTheRun() {
    temporal.stopCarrying();
    Approval approval = scene.opened("forgotten");
    pretendThatAllIsCarried();
    GateOutcome.Recorded recorded =
        (GateOutcome.Recorded) scene.decide(approval, "approver", Verdict.APPROVE);
    temporal.startWorkers();
    temporal.goOnCarrying();

    Deadline.within(
        NotedTemporal.PATIENCE,
        () -> store.approvals().decision(recorded.id()).orElseThrow().outcome() != null);

    Decision decision = store.approvals().decision(recorded.id()).orElseThrow();
    assertEquals(Decision.Outcome.REFUSED, decision.outcome());
    assertTrue(decision.outcomeReason().startsWith("Run " + approval.runId() + " has ended"));
    awaitState(approval.runId(), RunState.FAILED);
  }

  @Test
  void shouldEndEverythingThatAServerWithoutMemoryHasForgotten() {
    temporal.startWorkers();
    Approval approval = scene.opened("forgotten by memory");
    long command = scene.deploy(approval);
    temporal.awaitAllCarried();
    temporal.stopCarrying();
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
}
