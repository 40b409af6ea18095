package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.Failure;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.TriggerRule;
import io.temporal.client.WorkflowStub;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What decides which stages run, and what the end of others calls for. */
final class ControlFlowTest {

  private final Bench bench = new Bench();

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void shouldRunTheBranchThatWasChosenAndSkipTheOther() {
    bench.stages.answer("size", "\"LARGE\"");
    bench.stages.answer("full", "\"all of it\"");

    assertEquals(RunState.SUCCEEDED, bench.run(branches()));

    assertEquals(List.of("pending", "skipped"), bench.ledger.linesOf("quick"));
    assertEquals(List.of("pending", "running", "succeeded"), bench.ledger.linesOf("features"));
    assertEquals(new StageOutput.TaskResult("\"all of it\""), bench.ledger.outputOf("features"));
    assertEquals(1, bench.stages.attemptsAt("train").size());
  }

  @Test
  void shouldFailWhenAChoiceAnswersWhatItMayNot() {
    bench.stages.answer("size", "\"HUGE\"");

    assertEquals(RunState.FAILED, bench.run(branches()));

    assertEquals(
        "It answered 'HUGE', but may answer only LARGE, SMALL.",
        bench.ledger.errorOf("size").message());
    assertEquals(List.of("pending", "upstream-failed"), bench.ledger.linesOf("features"));
  }

  @Test
  void shouldSkipWhatFollowsAShortCircuit() {
    bench.stages.answer("enough", "false");

    RunState end =
        bench.run(
            Stages.graph(
                Stages.onlyIf("enough"),
                Stages.after(TriggerRule.ALL_SUCCESS, "train", "enough"),
                Stages.task("publish", "train"),
                Stages.after(TriggerRule.ALL_DONE, "report", "publish")));

    assertEquals(RunState.SUCCEEDED, end);
    assertEquals(List.of("pending", "skipped"), bench.ledger.linesOf("train"));
    assertEquals(List.of("pending", "skipped"), bench.ledger.linesOf("publish"));
    assertEquals(1, bench.stages.attemptsAt("report").size());
  }

  @Test
  void shouldTearDownWhateverHappenedBetween() {
    fail("use");

    RunState end =
        bench.run(
            Stages.graph(
                Stages.task("cluster"),
                Stages.task("use", "cluster"),
                Stages.teardown("shut-down", "cluster", "use")));

    assertEquals(RunState.FAILED, end);
    assertEquals(
        new StageOutput.TaskResult("\"cluster\""),
        bench.stages.attemptsAt("shut-down").get(0).inputs().get("cluster"));
  }

  @Test
  void shouldNotTearDownWhatWasNeverSetUp() {
    fail("cluster");

    bench.run(
        Stages.graph(
            Stages.task("cluster"),
            Stages.task("use", "cluster"),
            Stages.teardown("shut-down", "cluster", "use")));

    assertEquals(List.of("pending", "skipped"), bench.ledger.linesOf("shut-down"));
  }

  @Test
  void shouldNotFailForATeardown() {
    fail("shut-down");

    RunState end =
        bench.run(Stages.graph(Stages.task("cluster"), Stages.teardown("shut-down", "cluster")));

    assertEquals(RunState.SUCCEEDED, end);
    assertEquals("failed", bench.ledger.last("shut-down").state().word());
  }

  @Test
  void shouldTearDownAndUndoWhenTheRunIsCancelled() throws Exception {
    WorkflowStub run =
        bench.start(
            Stages.graph(
                Stages.task("cluster"),
                Stages.undo("cluster"),
                Stages.register("register"),
                Stages.approval("promote", 1, "register"),
                Stages.teardown("shut-down", "cluster", "promote"),
                Stages.onFailure("on-failure")));
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    Bench.eventually(() -> bench.ledger.lines().contains("cluster succeeded"));

    run.cancel();
    bench.awaitCancelled();

    assertEquals(
        List.of("promote cancelled", "shut-down succeeded", "undo-cluster succeeded"),
        bench.ledger.lines().stream()
            .filter(line -> line.endsWith("cancelled") || line.matches("(shut|undo).*succeeded"))
            .toList());
    assertEquals(List.of("pending", "skipped"), bench.ledger.linesOf("on-failure"));
    assertEquals(RunState.CANCELLED, bench.ledger.closedAs());
  }

  @Test
  void shouldUndoInReverseAndThenTellWhyWhenTheRunFails() {
    fail("last");

    RunState end =
        bench.run(
            Stages.graph(
                Stages.onFailure("on-failure"),
                Stages.task("a"),
                Stages.undo("a"),
                Stages.task("b", "a"),
                Stages.undo("b"),
                Stages.task("c", "b"),
                Stages.task("last", "c"),
                Stages.undo("last")));

    assertEquals(RunState.FAILED, end);
    List<String> calls =
        bench.stages.tasks().stream()
            .map(task -> task.stage().name())
            .filter(name -> name.startsWith("undo") || name.startsWith("on"))
            .toList();
    assertEquals(List.of("undo-b", "undo-a", "on-failure"), calls);
    assertEquals(List.of("pending", "skipped"), bench.ledger.linesOf("undo-last"));
    StageOutput.TaskResult told =
        (StageOutput.TaskResult)
            bench.stages.attemptsAt("on-failure").get(0).inputs().values().iterator().next();
    assertEquals(
        new Failure(
            1, "repeat-purchase", "last", StageFailure.BAD_DATA, "2 rows are broken.", List.of()),
        Json.read(told.json(), Failure.class));
  }

  @Test
  void shouldUndoNothingWhenTheRunSucceeds() {
    RunState end =
        bench.run(
            Stages.graph(
                Stages.task("a"),
                Stages.undo("a"),
                Stages.onFailure("on-failure"),
                Stages.onFailure("on-failure-of-a", "a")));

    assertEquals(RunState.SUCCEEDED, end);
    for (String stage : List.of("undo-a", "on-failure", "on-failure-of-a")) {
      assertEquals(List.of("pending", "skipped"), bench.ledger.linesOf(stage));
    }
  }

  @Test
  void shouldTellOfOneStageAndGoOn() {
    fail("a");

    bench.run(
        Stages.graph(
            Stages.task("a"),
            Stages.onFailure("on-failure-of-a", "a"),
            Stages.after(TriggerRule.ONE_FAILED, "rescue", "a")));

    assertEquals(1, bench.stages.attemptsAt("on-failure-of-a").size());
    assertEquals(1, bench.stages.attemptsAt("rescue").size());
  }

  @Test
  void shouldWaitForTheRunOfAnotherPipeline() throws Exception {
    WorkflowStub run =
        bench.start(
            Stages.graph(
                Stages.subPipeline("prices", "refresh-prices", true),
                Stages.task("next", "prices")));
    Bench.eventually(() -> !bench.subRuns.asked().isEmpty());

    bench.subRuns.end(100, new SubRunEnd(RunState.SUCCEEDED, null));
    run.signal("subRunEnded", 100L);

    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    assertEquals(
        new StageOutput.StartedRun(100, "refresh-prices"), bench.ledger.outputOf("prices"));
  }

  @Test
  void shouldFailAsTheRunOfTheOtherPipelineDid() {
    bench.subRuns.end(
        100,
        new SubRunEnd(
            RunState.FAILED, new StageError("bad-data", "No prices.", List.of("EUR", "USD"))));

    RunState end = bench.run(Stages.graph(Stages.subPipeline("prices", "refresh-prices", true)));

    assertEquals(RunState.FAILED, end);
    assertEquals(
        new StageError(
            StageFailure.SUB_PIPELINE_FAILED,
            "Run 100 of refresh-prices failed: No prices.",
            List.of("EUR", "USD")),
        bench.ledger.errorOf("prices"));
  }

  @Test
  void shouldCancelTheRunOfTheOtherPipelineWithItself() throws Exception {
    WorkflowStub run =
        bench.start(Stages.graph(Stages.subPipeline("prices", "refresh-prices", true)));
    Bench.eventually(() -> !bench.subRuns.asked().isEmpty());

    run.cancel();
    bench.awaitCancelled();

    assertEquals(List.of(100L), bench.subRuns.cancelled());
    assertEquals(StageState.CANCELLED, bench.ledger.last("prices").state());
  }

  @Test
  void shouldNotWaitForARunThatIsOnlyAskedFor() {
    RunState end = bench.run(Stages.graph(Stages.subPipeline("prices", "refresh-prices", false)));

    assertEquals(RunState.SUCCEEDED, end);
  }

  @Test
  void shouldAdvanceThroughTwoThousandStagesInAMoment() {
    StageSpec[] stages = new StageSpec[2_000];
    for (int i = 0; i < stages.length; i++) {
      stages[i] = i == 0 ? Stages.task("s0") : Stages.task("s" + i, "s" + (i - 1) / 10);
    }
    RunProgress progress = new RunProgress(Stages.graph(stages), Instant.EPOCH);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long began = threads.getCurrentThreadCpuTime();
    while (!progress.isOver()) {
      StageSpec next = progress.ready().get(0);
      progress.running(next, Instant.EPOCH);
      progress.succeeded(next, new StageOutput.TaskResult("1"), Instant.EPOCH);
    }
    long millis = (threads.getCurrentThreadCpuTime() - began) / 1_000_000;

    assertTrue(millis < 5_000, () -> "It took " + millis + " ms.");
  }

  private void fail(String stage) {
    bench.stages.script(
        stage,
        task -> {
          throw StageFailure.of(StageFailure.BAD_DATA, "2 rows are broken.");
        });
  }

  private static Graph branches() {
    return Stages.graph(
        Stages.choice("size", "LARGE", "SMALL"),
        Stages.when(Stages.task("full"), "size", "LARGE"),
        Stages.when(Stages.task("quick"), "size", "SMALL"),
        Stages.firstOf("features", "full", "quick"),
        Stages.task("train", "features"));
  }
}
