package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RunProgressTest {

  private static final Instant BEGIN = Instant.parse("1998-01-05T04:30:00Z");
  private static final StageOutput RESULT = new StageOutput.TaskResult("1");
  private static final StageError ERROR = new StageError("bad-data", "No.", List.of());

  private final StageSpec a = Stages.task("a");
  private final StageSpec b = Stages.task("b", "a");
  private final StageSpec c = Stages.task("c");
  private final Graph graph = Stages.graph(a, b, c);
  private final RunProgress progress = new RunProgress(graph, BEGIN);

  @Test
  void shouldBeReadyWhenAllInputsHaveSucceeded() {
    assertEquals(List.of(a, c), progress.ready());

    progress.running(a, BEGIN);
    assertEquals(List.of(c), progress.ready());

    progress.succeeded(a, RESULT, BEGIN);
    assertEquals(List.of(b, c), progress.ready());
    assertEquals(RESULT, progress.inputsOf(b).get("a"));
  }

  @Test
  void shouldWaitOnlyWhenNothingRuns() {
    progress.waiting(a, BEGIN);
    assertEquals(RunState.WAITING, progress.state());

    progress.queued(c, BEGIN);
    assertEquals(RunState.RUNNING, progress.state());

    progress.succeeded(c, RESULT, BEGIN);
    assertEquals(RunState.WAITING, progress.state());
  }

  @Test
  void shouldTellAShortTasksTwoChangesTogether() {
    progress.takeUnwritten();
    progress.runningBriefly(c, BEGIN);
    assertFalse(progress.hasUnwritten());
    assertEquals(RunState.RUNNING, progress.state());

    progress.succeeded(c, RESULT, BEGIN.plusSeconds(1));

    assertEquals(
        List.of(
            new StageChange(4, "c", StageState.RUNNING, BEGIN, null, null),
            new StageChange(5, "c", StageState.SUCCEEDED, BEGIN.plusSeconds(1), RESULT, null)),
        progress.takeUnwritten());
    assertFalse(progress.hasUnwritten());
  }

  @Test
  void shouldFailWithTheFirstErrorWhenSeveralStagesFail() {
    StageError second = new StageError("bad-data", "Neither.", List.of());
    progress.failed(c, ERROR, BEGIN);
    progress.failed(a, second, BEGIN);

    assertTrue(progress.isOver());
    assertEquals(RunState.FAILED, progress.outcome());
    assertEquals(ERROR, progress.error());
  }

  @Test
  void shouldBeCancelledWhenAnyStageIs() {
    progress.failed(a, ERROR, BEGIN);
    progress.running(c, BEGIN);
    progress.cancelPending(BEGIN);
    assertFalse(progress.isOver());

    progress.cancelRest(BEGIN);

    assertTrue(progress.isOver());
    assertEquals(RunState.CANCELLED, progress.outcome());
  }
}
