package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.workflows.RolloutAnalysis.Verdict;
import io.temporal.client.WorkflowStub;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs that were recorded once go on under the code of today. A change that breaks one of these
 * would break runs in flight: put it behind {@code Workflow.getVersion}, and record a new history
 * beside the old one.
 */
final class HistoryReplayTest {

  private static final Graph TO_THE_GATE =
      Stages.graph(
          Stages.register("register"),
          Stages.approval("promote", 1, "register"),
          Stages.task("after", "promote"));

  @BeforeAll
  static void recordAnewWhereAsked() throws Exception {
    if (Golden.isRewritten()) {
      recordLive();
      recordFailed();
      recordExpired();
      recordCancelled();
      recordOutages();
      recordPromoted();
      recordRolledBack();
      recordPaused();
      recordCheck();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run-live",
        "model-live",
        "model-live-of-the-first-release",
        "run-failed",
        "run-expired",
        "run-cancelled-at-the-gate",
        "run-through-outages",
        "run-canary",
        "model-canary",
        "rollout-promoted",
        "rollout-rolled-back",
        "rollout-paused-and-resumed",
        "check"
      })
  void shouldGoOnAsItWasRecorded(String name) throws Exception {
    Bench.replay(WorkflowExecutionHistory.fromJson(recorded(name)));
  }

  @Test
  void shouldNoticeAnotherOrderOfThings() throws IOException {
    String recorded = recorded("run-live");
    String other = recorded.replace("\"Validate\"", "\"Transform\"");
    assertTrue(!recorded.equals(other));

    assertThrows(
        RuntimeException.class, () -> Bench.replay(WorkflowExecutionHistory.fromJson(other)));
  }

  private static String recorded(String name) throws IOException {
    return Files.readString(Golden.file("histories/" + name + ".json"));
  }

  private static void recordLive() throws Exception {
    Bench bench = new Bench();
    WorkflowStub run = bench.start(Stages.wholeLife());
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    bench.decide("approver", true, "Better than the champion.");
    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    record(bench, "run-1", "run-live");
    record(bench, "model-repeat-purchase", "model-live");
    bench.close();
  }

  private static void recordFailed() throws Exception {
    Bench bench = new Bench();
    bench.stages.script(
        "bad",
        task -> {
          throw StageFailure.of(StageFailure.BAD_DATA, "2 rows are broken.", List.of("row 3"));
        });
    assertEquals(
        RunState.FAILED,
        bench.run(
            Stages.graph(
                Stages.task("bad"),
                Stages.shortTask("short"),
                Stages.task("behind", "bad"),
                Stages.task("good", "short"))));
    record(bench, "run-1", "run-failed");
    bench.close();
  }

  private static void recordExpired() throws Exception {
    Bench bench = new Bench();
    assertEquals(RunState.FAILED, bench.run(TO_THE_GATE));
    record(bench, "run-1", "run-expired");
    bench.close();
  }

  private static void recordCancelled() throws Exception {
    Bench bench = new Bench();
    WorkflowStub run = bench.start(TO_THE_GATE);
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    run.cancel();
    bench.awaitCancelled();
    record(bench, "run-1", "run-cancelled-at-the-gate");
    bench.close();
  }

  private static void recordOutages() throws Exception {
    Bench bench = new Bench();
    int[] calls = {0};
    bench.ledger.failNext(3);
    bench.stages.script(
        "train",
        task -> {
          if (++calls[0] == 1) {
            throw ApplicationFailure.newFailure("PostgreSQL is away.", StageFailure.UNAVAILABLE);
          }
        });
    assertEquals(
        RunState.SUCCEEDED,
        bench.run(Stages.graph(Stages.ingest("orders"), Stages.train("train", "orders"))));
    record(bench, "run-1", "run-through-outages");
    bench.close();
  }

  private static void recordPromoted() throws Exception {
    Bench bench = new Bench();
    bench.traffic.begin(FakeRollouts.plan(Duration.ofMinutes(30)));
    WorkflowStub run =
        bench.start(
            Stages.graph(
                Stages.register("register"),
                Stages.approval("promote", 1, "register"),
                Stages.canary("go-live", "promote"),
                Stages.monitor("watch", "go-live")));
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    bench.decide("approver", true, "Better than the champion.");
    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    record(bench, "run-1", "run-canary");
    record(bench, "model-repeat-purchase", "model-canary");
    record(bench, "rollout-7", "rollout-promoted");
    bench.close();
  }

  private static void recordRolledBack() throws Exception {
    Bench bench = new Bench();
    bench.rollouts.find(look -> look.number() == 3 ? Verdict.FAILURE : Verdict.SUCCESS);
    WorkflowStub rollout = bench.roll(FakeRollouts.plan(Duration.ofMinutes(30)));
    assertEquals(RolloutState.ROLLED_BACK, rollout.getResult(RolloutState.class));
    record(bench, "rollout-7", "rollout-rolled-back");
    bench.close();
  }

  private static void recordPaused() throws Exception {
    Bench bench = new Bench();
    bench.rollouts.find(look -> look.number() < 15 ? Verdict.INCONCLUSIVE : Verdict.SUCCESS);
    WorkflowStub rollout = bench.roll(FakeRollouts.plan(Duration.ofMinutes(30)));
    bench.temporal.sleep(Duration.ofHours(3));
    rollout.signal("control", bench.rollouts.ask(RolloutControl.Kind.RESUME));
    assertEquals(RolloutState.PROMOTED, rollout.getResult(RolloutState.class));
    record(bench, "rollout-7", "rollout-paused-and-resumed");
    bench.close();
  }

  private static void recordCheck() throws Exception {
    Bench bench = new Bench();
    bench.monitors.failNext(2);
    bench
        .client()
        .newWorkflowStub(CheckWorkflow.class, Bench.optionsOf(RunIds.checkWorkflowId(12)))
        .check(12);
    record(bench, "check-12", "check");
    bench.close();
  }

  private static void record(Bench bench, String workflowId, String name) throws IOException {
    Golden.write("histories/" + name + ".json", bench.history(workflowId).toJson(true));
  }
}
