package dev.airlock.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.graph.Metric;
import dev.airlock.testing.Rehearsal;
import dev.airlock.testing.RehearsedRun;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import org.junit.jupiter.api.Test;

/** The example's rules, rehearsed: what it takes to go live, and what keeps it from that. */
final class RepeatPurchaseRehearsalTest {

  @Test
  void shouldGoLiveWhenSomebodyApproves() {
    RehearsedRun run = Rehearsal.of(new RepeatPurchase()).approve("approver").run();

    assertEquals(RunState.SUCCEEDED, run.state());
    assertEquals(StageState.SUCCEEDED, run.stage("go-live"));
  }

  @Test
  void shouldNotGoLiveWhenNobodyDecidesForThreeDays() {
    RehearsedRun run = Rehearsal.of(new RepeatPurchase()).run();

    assertEquals(3, run.elapsed().toDays());
    assertEquals(StageState.UPSTREAM_FAILED, run.stage("go-live"));
  }

  @Test
  void shouldNotEvenAskWhenTheAucIsBelowItsBound() {
    RehearsedRun run =
        Rehearsal.of(new RepeatPurchase()).figure(Metric.AUC, 0.69).approve("approver").run();

    assertEquals(StageState.FAILED, run.stage("judge"));
    assertEquals(StageState.UPSTREAM_FAILED, run.stage("promote"));
  }
}
