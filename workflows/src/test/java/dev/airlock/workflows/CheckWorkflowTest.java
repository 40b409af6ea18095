package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.StageOutput.InstalledMonitor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CheckWorkflowTest {

  private final Bench bench = new Bench();

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void shouldMeasureThenJudgeHoweverOftenPostgresIsAway() {
    bench.monitors.failNext(5);

    bench
        .client()
        .newWorkflowStub(CheckWorkflow.class, Bench.optionsOf(RunIds.checkWorkflowId(12)))
        .check(12);

    assertEquals(List.of("measure 12", "judge 12"), bench.monitors.calls());
  }

  @Test
  void shouldAskForTheCheckThatAScheduleIsDue() {
    bench.client().newWorkflowStub(ScheduledCheckWorkflow.class, Bench.optionsOf("due")).start(4);

    List<String> calls = bench.monitors.calls();
    assertEquals(1, calls.size());
    assertTrue(calls.get(0).startsWith("request 4 1998-01-05T04:30"), calls::toString);
  }

  @Test
  void shouldInstallTheMonitorOfAStageWhenPostgresIsBack() {
    bench.monitors.failNext(9);

    RunState end = bench.run(Stages.graph(Stages.task("live"), Stages.monitor("watch", "live")));

    assertEquals(RunState.SUCCEEDED, end);
    assertEquals(
        new InstalledMonitor(4, FakeTraffic.MODEL, "watch"), bench.ledger.outputOf("watch"));
    assertEquals(List.of("install run-1/watch"), bench.monitors.calls());
  }
}
