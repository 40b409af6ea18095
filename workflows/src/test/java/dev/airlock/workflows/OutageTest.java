package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OutageTest {

  private final Bench bench = new Bench();

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void shouldWriteEveryChangeOnceWhenTheLedgerIsAwayForAWhile() {
    bench.ledger.failNext(9);

    RunState end = bench.run(Stages.graph(Stages.task("a"), Stages.task("b", "a")));

    assertEquals(RunState.SUCCEEDED, end);
    assertEquals(IntStream.rangeClosed(1, 8).boxed().toList(), bench.ledger.sequences());
    assertEquals(RunState.SUCCEEDED, bench.ledger.closedAs());
  }

  @Test
  void shouldCostNoEventsHoweverLongTheLedgerIsAway() {
    bench.ledger.failNext(100);

    assertEquals(RunState.SUCCEEDED, bench.run(Stages.graph(Stages.task("a"))));

    assertTrue(bench.history("run-1").getEvents().size() < 40);
  }

  @Test
  void shouldStartNothingThatTheLedgerDoesNotKnow() throws Exception {
    bench.ledger.failNext(3);
    WorkflowStub run = bench.start(Stages.graph(Stages.task("a")));
    Bench.eventually(() -> !bench.stages.tasks().isEmpty());

    assertTrue(bench.ledger.lines().contains("a running"));
    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
  }

  @Test
  void shouldTakeADecisionWhileTheLedgerIsAway() throws Exception {
    WorkflowStub run =
        bench.start(
            Stages.graph(
                Stages.register("register"),
                Stages.approval("promote", 2, "register"),
                Stages.task("slow")));
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    bench.decide("anna", true, "Yes.");
    bench.ledger.failNext(3);

    assertEquals(
        ApprovalStanding.State.APPROVED,
        ((DecisionOutcome.Counted) bench.decide("bela", true, "Yes.")).standing().state());
    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
  }

  @Test
  void shouldRegisterWhenPostgresIsBackHoweverManyTriesItTook() {
    int[] calls = {0};
    bench.stages.script(
        "register",
        task -> {
          if (++calls[0] <= 8) {
            throw new IllegalStateException("Connection refused.");
          }
        });

    assertEquals(RunState.SUCCEEDED, bench.run(Stages.graph(Stages.register("register"))));
    assertEquals(9, calls[0]);
  }

  @Test
  void shouldCarryAStageOutAgainUnderALaterAttemptWhenAnOutageEndedIt() {
    int[] calls = {0};
    bench.stages.script(
        "train",
        task -> {
          if (++calls[0] <= 4) {
            throw ApplicationFailure.newFailure("PostgreSQL is away.", StageFailure.UNAVAILABLE);
          }
        });

    RunState end =
        bench.run(Stages.graph(Stages.ingest("orders"), Stages.train("train", "orders")));

    assertEquals(RunState.SUCCEEDED, end);
    assertEquals(
        List.of(0, 3, 6, 9, 12),
        bench.stages.attemptsAt("train").stream().map(StageTask::earlierAttempts).toList());
    assertEquals(
        List.of("pending", "queued", "running", "succeeded"), bench.ledger.linesOf("train"));
  }

  @Test
  void shouldKeepArgumentsOfTheLedgerOutOfTheHistory() {
    bench.run(Stages.graph(Stages.task("a")));

    assertTrue(
        bench.history("run-1").getEvents().stream()
            .filter(event -> event.getEventType() == EventType.EVENT_TYPE_MARKER_RECORDED)
            .noneMatch(event -> event.getMarkerRecordedEventAttributes().containsDetails("input")));
  }
}
