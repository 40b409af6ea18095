package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.StageOutput.TaskResult;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WaitingTest {

  private static final Duration SIX_HOURS = Duration.ofHours(6);

  private final Bench bench = new Bench();

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void shouldLookUntilSomethingHasArrived() {
    bench.waiting.arriveAtLook(3);

    RunState end =
        bench.run(
            Stages.graph(
                Stages.sensor("file-there", SIX_HOURS, false), Stages.task("load", "file-there")));

    assertEquals(RunState.SUCCEEDED, end);
    assertEquals(
        List.of("pending", "queued", "waiting", "succeeded"), bench.ledger.linesOf("file-there"));
    assertEquals(new TaskResult("\"/in/prices.csv\""), bench.ledger.outputOf("file-there"));
    assertEquals(3, bench.waiting.looksOf("file-there"));
  }

  @Test
  void shouldCostTheHistoryNoMoreToLookForAYear() {
    bench.run(Stages.graph(Stages.sensor("file-there", Duration.ofDays(1), true)));
    int ofADay = bench.history("run-1").getEvents().size();
    Bench other = new Bench();
    other.run(Stages.graph(Stages.sensor("file-there", Duration.ofDays(60), true)));
    int ofMonths = other.history("run-1").getEvents().size();
    other.temporal.close();

    assertTrue(
        other.waiting.looksOf("file-there") > 8_000, "" + other.waiting.looksOf("file-there"));
    // A workflow task more or less, three events each, is a matter of timing.
    assertEquals(ofADay, ofMonths, 12.0);
  }

  @Test
  void shouldFailInOneSentenceWhenNothingArrivesInTime() {
    RunState end =
        bench.run(
            Stages.graph(
                Stages.sensor("file-there", SIX_HOURS, false), Stages.task("load", "file-there")));

    assertEquals(RunState.FAILED, end);
    StageError error = bench.ledger.errorOf("file-there");
    assertEquals(StageFailure.TIMED_OUT, error.type());
    assertEquals("Nothing arrived within 6 hours.", error.message());
    assertEquals(StageState.UPSTREAM_FAILED, bench.ledger.last("load").state());
  }

  @Test
  void shouldBeSkippedWhenNothingArrivesAndThatIsWanted() {
    RunState end =
        bench.run(
            Stages.graph(
                Stages.sensor("file-there", SIX_HOURS, true), Stages.task("load", "file-there")));

    assertEquals(RunState.SUCCEEDED, end);
    assertEquals(StageState.SKIPPED, bench.ledger.last("file-there").state());
    assertEquals(StageState.SKIPPED, bench.ledger.last("load").state());
  }

  @Test
  void shouldFindWhatArrivesBetweenTheLastRoundAndTheEnd() {
    // Rounds at 0, 1 and 2.5 minutes; the last look is at 4.
    bench.waiting.arriveAtLook(4);

    RunState end =
        bench.run(Stages.graph(Stages.sensor("file-there", Duration.ofMinutes(4), false)));

    assertEquals(RunState.SUCCEEDED, end);
  }

  @Test
  void shouldFailWhenItCanNotLook() {
    bench.waiting.breakAtLook(2);

    RunState end = bench.run(Stages.graph(Stages.sensor("file-there", SIX_HOURS, true)));

    assertEquals(RunState.FAILED, end);
    assertEquals("The share is not mounted.", bench.ledger.errorOf("file-there").message());
  }

  @Test
  void shouldStopLookingWhenCancelled() throws Exception {
    WorkflowStub run = bench.start(Stages.graph(Stages.sensor("file-there", SIX_HOURS, false)));
    Bench.eventually(() -> bench.waiting.looksOf("file-there") > 0);

    run.cancel();

    bench.awaitCancelled();
    assertEquals(StageState.CANCELLED, bench.ledger.last("file-there").state());
  }

  @Test
  void shouldTakeAnEventThatCameBefore() {
    bench.waiting.tell(new TaskResult("{\"rows\":7}"));

    RunState end = bench.run(Stages.graph(Stages.event("prices-in", Duration.ofHours(12), false)));

    assertEquals(RunState.SUCCEEDED, end);
    assertEquals(new TaskResult("{\"rows\":7}"), bench.ledger.outputOf("prices-in"));
    assertEquals(Instant.parse("1997-12-30T12:00:00Z"), bench.waiting.since());
  }

  @Test
  void shouldGoOnWhenToldOfTheEvent() throws Exception {
    WorkflowStub run =
        bench.start(
            Stages.graph(Stages.event("prices-in", null, false), Stages.task("load", "prices-in")));
    Bench.eventually(() -> bench.ledger.lines().contains("prices-in waiting"));
    assertEquals(Instant.parse("1997-12-31T00:00:00Z"), bench.waiting.since());

    bench.waiting.tell(new TaskResult("{\"rows\":7}"));
    run.signal("eventArrived", FakeWaiting.WAIT);

    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    assertEquals(new TaskResult("{\"rows\":7}"), bench.ledger.outputOf("prices-in"));
  }

  @Test
  void shouldNotBelieveASignalAlone() throws Exception {
    WorkflowStub run = bench.start(Stages.graph(Stages.event("prices-in", null, false)));
    Bench.eventually(() -> bench.ledger.lines().contains("prices-in waiting"));

    run.signal("eventArrived", FakeWaiting.WAIT);

    assertEquals(RunState.FAILED, run.getResult(RunState.class));
    assertEquals(
        "Nobody told of the event 'prices-in' within 6 hours.",
        bench.ledger.errorOf("prices-in").message());
  }

  @Test
  void shouldBeQueuedUntilThePoolHasRoom() throws Exception {
    bench.waiting.makeRoom(1);
    WorkflowStub run =
        bench.start(
            Stages.graph(
                Stages.pooled(Stages.task("first"), "warehouse", 1),
                Stages.pooled(Stages.shortTask("second"), "warehouse", 1),
                Stages.task("free")));
    Bench.eventually(() -> bench.ledger.lines().contains("free succeeded"));
    Bench.eventually(() -> bench.ledger.lines().contains("first succeeded"));
    assertEquals(List.of("pending", "queued"), bench.ledger.linesOf("second"));

    run.signal("slotsGranted", bench.waiting.grantNext());

    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    assertEquals(
        List.of("pending", "queued", "running", "succeeded"), bench.ledger.linesOf("second"));
  }

  @Test
  void shouldFailInOneSentenceWhenThereIsNoSuchPool() {
    RunState end = bench.run(Stages.graph(Stages.pooled(Stages.task("load"), "unknown", 1)));

    assertEquals(RunState.FAILED, end);
    assertEquals("There is no pool 'unknown'.", bench.ledger.errorOf("load").message());
  }

  @Test
  void shouldLeaveTheQueueWhenCancelled() throws Exception {
    WorkflowStub run =
        bench.start(Stages.graph(Stages.pooled(Stages.task("load"), "warehouse", 1)));
    Bench.eventually(() -> bench.waiting.requests().contains("load"));

    run.cancel();

    bench.awaitCancelled();
    assertEquals(List.of("pending", "queued", "cancelled"), bench.ledger.linesOf("load"));
  }
}
