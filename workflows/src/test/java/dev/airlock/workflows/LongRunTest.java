package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.StageSpec;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowStub;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs whose history would grow too long go on in another execution, and nobody notices. */
final class LongRunTest {

  private static final int STAGES = 90;

  private final Bench bench = new Bench(new HistoryBounds(100, 200, 10_000_000));

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void shouldKeepTheQuestionTheVoteAndTheNumbersWhenItContinuesAsNew() throws Exception {
    List<StageSpec> stages = new ArrayList<>();
    stages.add(Stages.register("register"));
    stages.add(Stages.approval("promote", 2, "register"));
    IntStream.range(0, STAGES).forEach(n -> stages.add(Stages.task("task-" + n)));
    stages.add(Stages.task("last", "task-0", "task-" + (STAGES - 1)));
    stages.add(Stages.deploy("go-live", "promote"));
    WorkflowStub run = bench.start(Stages.graph(stages.toArray(StageSpec[]::new)));
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    bench.decide("anna", true, "Fine.");
    Bench.eventually(() -> bench.ledger.lines().contains("last succeeded"));

    assertTrue(hasContinued());
    bench.decide("bert", true, "Fine.");

    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    assertEquals(
        List.of("anna", "bert"),
        ((StageOutput.ApprovedVersion) bench.ledger.outputOf("promote")).approvedBy());
    assertEquals(
        List.of("pending", "queued", "waiting", "succeeded"), bench.ledger.linesOf("promote"));
    assertEquals(1, bench.approvals.limits().stream().distinct().count());
    assertEquals(STAGES + 2, bench.stages.tasks().size());
    assertEquals(
        IntStream.rangeClosed(1, bench.ledger.sequences().size()).boxed().toList(),
        bench.ledger.sequences());
  }

  @Test
  void shouldBeCancelledAlsoAfterIt() throws Exception {
    List<StageSpec> stages = new ArrayList<>();
    stages.add(Stages.register("register"));
    stages.add(Stages.approval("promote", 1, "register"));
    IntStream.range(0, STAGES).forEach(n -> stages.add(Stages.task("task-" + n)));
    WorkflowStub run = bench.start(Stages.graph(stages.toArray(StageSpec[]::new)));
    Bench.eventually(() -> bench.ledger.lines().contains("task-" + (STAGES - 1) + " succeeded"));
    Bench.eventually(this::hasContinued);
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));

    run.cancel();

    bench.awaitCancelled();
    assertEquals(List.of(ApprovalStanding.State.WITHDRAWN), bench.approvals.states());
  }

  @Test
  void shouldStayBelowTenThousandEventsHoweverManyStagesItHas() {
    StageSpec[] stages =
        IntStream.range(0, 2_000)
            .mapToObj(n -> Stages.shortTask("s" + n))
            .toArray(StageSpec[]::new);

    assertEquals(RunState.SUCCEEDED, bench.run(Stages.graph(stages)));

    assertEquals(2_000, bench.stages.tasks().size());
    assertFalse(bench.history(RunIds.workflowId(Bench.RUN)).getEvents().size() > 10_000);
  }

  private boolean hasContinued() {
    List<HistoryEvent> events = bench.history(RunIds.workflowId(Bench.RUN)).getEvents();
    assertTrue(events.size() < 1_500, events.size() + " events");
    return !events
        .get(0)
        .getWorkflowExecutionStartedEventAttributes()
        .getContinuedExecutionRunId()
        .isEmpty();
  }
}
