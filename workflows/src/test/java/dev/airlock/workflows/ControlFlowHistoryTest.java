package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.graph.TriggerRule;
import io.temporal.client.WorkflowStub;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@link HistoryReplayTest}: one recorded run of each way to decide what runs. */
final class ControlFlowHistoryTest {

  @BeforeAll
  static void recordAnewWhereAsked() throws Exception {
    if (Golden.isRewritten()) {
      recordBranches();
      recordShortCircuit();
      recordRules();
      recordTeardown();
      recordUndone();
      recordCancelled();
      recordSubPipeline();
      recordSubPipelineCancelled();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flow-branches",
        "flow-short-circuit",
        "flow-trigger-rules",
        "flow-teardown",
        "flow-undone-and-told",
        "flow-cancelled-torn-down-and-undone",
        "flow-sub-pipeline",
        "flow-sub-pipeline-cancelled"
      })
  void shouldGoOnAsItWasRecorded(String name) throws Exception {
    Bench.replay(WorkflowExecutionHistory.fromJson(recorded(name)));
  }

  private static String recorded(String name) throws IOException {
    return Files.readString(Golden.file("histories/" + name + ".json"));
  }

  private static void recordBranches() throws Exception {
    Bench bench = new Bench();
    bench.stages.answer("size", "\"LARGE\"");
    assertEquals(
        RunState.SUCCEEDED,
        bench.run(
            Stages.graph(
                Stages.choice("size", "LARGE", "SMALL"),
                Stages.when(Stages.task("full"), "size", "LARGE"),
                Stages.when(Stages.task("quick"), "size", "SMALL"),
                Stages.firstOf("features", "full", "quick"),
                Stages.task("train", "features"))));
    record(bench, "flow-branches");
  }

  private static void recordShortCircuit() throws Exception {
    Bench bench = new Bench();
    bench.stages.answer("enough", "false");
    assertEquals(
        RunState.SUCCEEDED,
        bench.run(
            Stages.graph(
                Stages.onlyIf("enough"),
                Stages.after(TriggerRule.ALL_SUCCESS, "train", "enough"),
                Stages.after(TriggerRule.ALL_DONE, "report", "train"))));
    record(bench, "flow-short-circuit");
  }

  private static void recordRules() throws Exception {
    Bench bench = new Bench();
    fail(bench, "b");
    assertEquals(
        RunState.FAILED,
        bench.run(
            Stages.graph(
                Stages.task("a"),
                Stages.task("b"),
                Stages.after(TriggerRule.ALL_DONE, "all-done", "a", "b"),
                Stages.after(TriggerRule.ALL_SUCCESS, "all-success", "a", "b"),
                Stages.after(TriggerRule.ONE_SUCCESS, "one-success", "a", "b"),
                Stages.after(TriggerRule.ONE_FAILED, "one-failed", "a", "b"),
                Stages.after(TriggerRule.ONE_DONE, "one-done", "a", "b"),
                Stages.after(TriggerRule.ALL_FAILED, "all-failed", "a", "b"),
                Stages.after(TriggerRule.NONE_FAILED, "none-failed", "a", "b"),
                Stages.after(TriggerRule.NONE_SKIPPED, "none-skipped", "a", "all-failed"),
                Stages.after(TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS, "some", "a", "all-failed"),
                Stages.after(TriggerRule.ALL_SKIPPED, "all-skipped", "all-failed"),
                Stages.after(TriggerRule.ALWAYS, "always", "b"))));
    record(bench, "flow-trigger-rules");
  }

  private static void recordTeardown() throws Exception {
    Bench bench = new Bench();
    fail(bench, "use");
    assertEquals(
        RunState.FAILED,
        bench.run(
            Stages.graph(
                Stages.task("cluster"),
                Stages.task("use", "cluster"),
                Stages.teardown("shut-down", "cluster", "use"))));
    record(bench, "flow-teardown");
  }

  private static void recordUndone() throws Exception {
    Bench bench = new Bench();
    fail(bench, "last");
    assertEquals(
        RunState.FAILED,
        bench.run(
            Stages.graph(
                Stages.onFailure("on-failure"),
                Stages.task("a"),
                Stages.undo("a"),
                Stages.task("b", "a"),
                Stages.undo("b"),
                Stages.task("last", "b"),
                Stages.onFailure("on-failure-of-last", "last"))));
    record(bench, "flow-undone-and-told");
  }

  private static void recordCancelled() throws Exception {
    Bench bench = new Bench();
    WorkflowStub run =
        bench.start(
            Stages.graph(
                Stages.task("cluster"),
                Stages.undo("cluster"),
                Stages.register("register"),
                Stages.approval("promote", 1, "register"),
                Stages.teardown("shut-down", "cluster", "promote")));
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    run.cancel();
    bench.awaitCancelled();
    record(bench, "flow-cancelled-torn-down-and-undone");
  }

  private static void recordSubPipeline() throws Exception {
    Bench bench = new Bench();
    bench.subRuns.end(100, new SubRunEnd(RunState.SUCCEEDED, null));
    assertEquals(
        RunState.SUCCEEDED,
        bench.run(
            Stages.graph(
                Stages.subPipeline("prices", "refresh-prices", true),
                Stages.subPipeline("report", "report", false),
                Stages.task("next", "prices"))));
    record(bench, "flow-sub-pipeline");
  }

  private static void recordSubPipelineCancelled() throws Exception {
    Bench bench = new Bench();
    WorkflowStub run =
        bench.start(Stages.graph(Stages.subPipeline("prices", "refresh-prices", true)));
    Bench.eventually(() -> !bench.subRuns.asked().isEmpty());
    run.cancel();
    bench.awaitCancelled();
    record(bench, "flow-sub-pipeline-cancelled");
  }

  private static void fail(Bench bench, String stage) {
    bench.stages.script(
        stage,
        task -> {
          throw StageFailure.of(StageFailure.BAD_DATA, "2 rows are broken.", List.of("row 3"));
        });
  }

  private static void record(Bench bench, String name) throws Exception {
    Golden.write("histories/" + name + ".json", bench.history("run-1").toJson(true));
    bench.close();
  }
}
