package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.workflows.StageOutput.TaskResult;
import io.temporal.client.WorkflowStub;
import io.temporal.common.WorkflowExecutionHistory;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that wait and share, recorded once, go on under the code of today. */
final class WaitingReplayTest {

  private static final Duration SIX_HOURS = Duration.ofHours(6);

  @BeforeAll
  static void recordAnewWhereAsked() throws Exception {
    if (Golden.isRewritten()) {
      recordSensor();
      recordVain();
      recordEvent();
      recordPool();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"run-sensor", "run-sensor-in-vain", "run-event", "run-pool"})
  void shouldGoOnAsItWasRecorded(String name) throws Exception {
    Bench.replay(
        WorkflowExecutionHistory.fromJson(
            Files.readString(Golden.file("histories/" + name + ".json"))));
  }

  private static void recordSensor() throws Exception {
    Bench bench = new Bench();
    bench.waiting.arriveAtLook(3);
    assertEquals(
        RunState.SUCCEEDED,
        bench.run(
            Stages.graph(
                Stages.sensor("file-there", SIX_HOURS, false), Stages.task("load", "file-there"))));
    record(bench, "run-sensor");
  }

  private static void recordVain() throws Exception {
    Bench bench = new Bench();
    assertEquals(
        RunState.SUCCEEDED,
        bench.run(
            Stages.graph(
                Stages.sensor("file-there", SIX_HOURS, true), Stages.task("load", "file-there"))));
    record(bench, "run-sensor-in-vain");
  }

  private static void recordEvent() throws Exception {
    Bench bench = new Bench();
    WorkflowStub run =
        bench.start(
            Stages.graph(Stages.event("prices-in", null, false), Stages.task("load", "prices-in")));
    Bench.eventually(() -> bench.ledger.lines().contains("prices-in waiting"));
    bench.waiting.tell(new TaskResult("{\"rows\":7}"));
    run.signal("eventArrived", FakeWaiting.WAIT);
    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    record(bench, "run-event");
  }

  private static void recordPool() throws Exception {
    Bench bench = new Bench();
    bench.waiting.makeRoom(1);
    WorkflowStub run =
        bench.start(
            Stages.graph(
                Stages.pooled(Stages.task("first"), "warehouse", 1),
                Stages.pooled(Stages.shortTask("second"), "warehouse", 1)));
    Bench.eventually(() -> bench.ledger.lines().contains("first succeeded"));
    run.signal("slotsGranted", bench.waiting.grantNext());
    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    record(bench, "run-pool");
  }

  private static void record(Bench bench, String name) throws Exception {
    try {
      Golden.write("histories/" + name + ".json", bench.history("run-1").toJson(true));
    } finally {
      bench.close();
    }
  }
}
