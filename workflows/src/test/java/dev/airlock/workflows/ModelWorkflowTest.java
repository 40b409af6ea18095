package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.workflows.StageOutput.LiveVersion;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ModelWorkflowTest {

  private static final Graph TO_TRAFFIC =
      Stages.graph(
          Stages.register("register"),
          Stages.approval("promote", 1, "register"),
          Stages.deploy("go-live", "promote"));

  private final Bench bench = new Bench();

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void shouldGoLiveWhenApproved() throws Exception {
    WorkflowStub run = approved();

    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    assertEquals(new LiveVersion(FakeTraffic.MODEL, 1, 1, 1), bench.ledger.outputOf("go-live"));
    assertEquals(
        List.of("shift 1", "acknowledged repeat-purchase 1", "finish 1", "outcome 1"),
        bench.traffic.calls());
  }

  @Test
  void shouldFailTheStageWithTheReasonWhenTrafficIsRefused() throws Exception {
    bench.traffic.refuse("The approval was revoked.");

    WorkflowStub run = approved();

    assertEquals(RunState.FAILED, run.getResult(RunState.class));
    assertEquals(
        new StageError(StageFailure.NOT_APPROVED, "The approval was revoked.", List.of()),
        bench.ledger.errorOf("go-live"));
    assertEquals(List.of("shift 1", "finish 1", "outcome 1"), bench.traffic.calls());
  }

  @Test
  void shouldFindTheOutcomeByItselfWhenNobodyTellsTheRun() throws Exception {
    bench.traffic.carriedBy(
        command ->
            bench.traffic.finish(
                command, new CommandOutcome.Live(new LiveVersion(FakeTraffic.MODEL, 1, 1, 1))));

    WorkflowStub run = approved();

    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
  }

  @Test
  void shouldNotBelieveASignalThatSaysTooMuch() throws Exception {
    bench.traffic.carriedBy(command -> {});
    WorkflowStub run = approved();
    Bench.eventually(() -> bench.ledger.lines().contains("go-live running"));

    run.signal("commandFinished", 1L);
    Bench.eventually(() -> bench.traffic.calls().contains("outcome 1"));

    assertEquals("running", bench.ledger.last("go-live").state().word());
    bench.carry(1);
    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
  }

  @Test
  void shouldCarryOutEachCommandOnceAndInOrder() throws Exception {
    for (long command : new long[] {3, 1, 3, 2, 1}) {
      bench.carry(command);
    }
    Bench.eventually(() -> bench.traffic.calls().contains("finish 2"));

    assertEquals(List.of("shift 3", "shift 1", "shift 2"), shifts());
  }

  @Test
  void shouldShiftWhenPostgresIsBack() throws Exception {
    bench.traffic.failNext(1);
    bench.carry(1);
    bench.carry(2);
    Bench.eventually(() -> bench.traffic.calls().contains("finish 2"));

    assertEquals(List.of("shift 1", "shift 2"), shifts());
  }

  @Test
  void shouldGoOnWhenTheWaitingRunHasClosed() throws Exception {
    bench.traffic.carriedBy(command -> {});
    WorkflowStub run = approved();
    Bench.eventually(() -> bench.ledger.lines().contains("go-live running"));
    run.terminate("gone");

    bench.carry(1);
    bench.carry(2);
    Bench.eventually(() -> bench.traffic.calls().contains("finish 2"));
  }

  @Test
  void shouldRememberWhatItDidWhenItContinuesAsNew() throws Exception {
    int many = ModelWorkflowImpl.COMMANDS_OF_ONE_HISTORY + 20;
    List<String> expected = new ArrayList<>();
    LongStream.rangeClosed(1, many).forEach(command -> expected.add("shift " + command));
    bench.carry(1);
    String first = bench.model().describe().getExecution().getRunId();

    LongStream.rangeClosed(2, many).forEach(bench::carry);
    Bench.eventually(() -> bench.traffic.calls().contains("finish " + many));
    bench.carry(5);
    bench.carry(many + 1L);
    Bench.eventually(() -> bench.traffic.calls().contains("finish " + (many + 1)));

    expected.add("shift " + (many + 1));
    assertEquals(expected, shifts());
    String second = bench.model().describe().getExecution().getRunId();
    assertTrue(!first.equals(second), "It has not continued as new.");
  }

  @Test
  void shouldLiveOnWhenSomebodyCancelsIt() throws Exception {
    bench.carry(1);
    Bench.eventually(() -> bench.traffic.calls().contains("finish 1"));

    bench.model().cancel();
    bench.model().signal("submit", 2L);

    Bench.eventually(() -> bench.traffic.calls().contains("finish 2"));
  }

  @Test
  void shouldLetTheRunWaitForItsCanary() throws Exception {
    bench.traffic.begin(FakeRollouts.plan(Duration.ofHours(10)));

    WorkflowStub run = approved();

    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    assertEquals(new LiveVersion(FakeTraffic.MODEL, 2, 1, 99), bench.ledger.outputOf("go-live"));
    assertEquals(List.of("5 %", "25 %", "promoted"), bench.rollouts.moves());
  }

  @Test
  void shouldFailTheStageWithTheFindingWhenTheCanaryIsTakenBack() throws Exception {
    bench.traffic.begin(FakeRollouts.plan(Duration.ofHours(10)));
    bench.rollouts.find(look -> RolloutAnalysis.Verdict.FAILURE);

    WorkflowStub run = approved();

    assertEquals(RunState.FAILED, run.getResult(RunState.class));
    StageError error = bench.ledger.errorOf("go-live");
    assertEquals(StageFailure.ROLLED_BACK, error.type());
    assertTrue(error.message().contains("2 % of the requests failed."), error.message());
  }

  @Test
  void shouldCarryOutOtherCommandsWhileARolloutIsUnderWay() throws Exception {
    begun();

    bench.carry(2);

    Bench.eventually(() -> bench.traffic.calls().contains("finish 2"));
    assertTrue(!bench.traffic.calls().contains("finish 1"));
  }

  @Test
  void shouldEndARolloutAtOnceWhenAnotherCommandHasMovedItsTraffic() throws Exception {
    WorkflowStub run = begun();
    bench.rollouts.overtake(RolloutState.ROLLED_BACK, "Back to version 1.");
    Instant before = bench.now();

    bench.carry(2);

    Bench.eventually(() -> bench.ledger.closedAs() != null);
    assertTrue(Duration.between(before, bench.now()).toMinutes() < 1);
    assertEquals(RunState.FAILED, run.getResult(RunState.class));
    assertEquals(RolloutState.ROLLED_BACK, bench.rollout().getResult(RolloutState.class));
    assertEquals(List.of("5 %"), bench.rollouts.moves());
  }

  @Test
  void shouldKnowItsRolloutWhenItContinuesAsNew() throws Exception {
    WorkflowStub run = begun();
    String first = bench.model().describe().getExecution().getRunId();
    int many = ModelWorkflowImpl.COMMANDS_OF_ONE_HISTORY + 20;
    LongStream.rangeClosed(2, many).forEach(bench::carry);
    Bench.eventually(() -> bench.traffic.calls().contains("finish " + many));
    String second = bench.model().describe().getExecution().getRunId();
    assertTrue(!first.equals(second), "It has not continued as new.");

    bench.model().signal("rolloutEnded", 1L);
    bench.model().signal("rolloutEnded", 77L);

    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    assertEquals(List.of("5 %", "25 %", "promoted"), bench.rollouts.moves());
    bench.model().signal("rolloutEnded", 1L);
    bench.carry(many + 1L);
    Bench.eventually(() -> bench.traffic.calls().contains("finish " + (many + 1)));
  }

  @Test
  void shouldAnswerTheRunWhenTheModelsWorkflowIsGone() throws Exception {
    WorkflowStub run = begun();
    bench.model().terminate("gone");

    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    assertEquals(List.of("5 %", "25 %", "promoted"), bench.rollouts.moves());
  }

  @Test
  void shouldAnswerTheRunWhenTheRolloutsWorkflowIsGone() throws Exception {
    WorkflowStub run = begun();
    bench.rollout().terminate("gone");
    bench.rollouts.overtake(RolloutState.ABORTED, "Back to version 1.");

    assertEquals(RunState.FAILED, run.getResult(RunState.class));
    assertEquals(StageFailure.ROLLED_BACK, bench.ledger.errorOf("go-live").type());
  }

  @Test
  void shouldCarryTheNextCommandOutWhereAGatewayDoesNotAcknowledgeTheOneBefore() throws Exception {
    bench.traffic.acknowledgeFrom(2);
    bench.carry(1);
    Bench.eventually(() -> bench.traffic.calls().contains("shift 1"));
    bench.temporal.sleep(Duration.ofMinutes(5));
    assertNull(bench.traffic.outcome(1));

    bench.carry(2);

    Bench.eventually(() -> bench.traffic.outcome(2) != null);
    assertInstanceOf(CommandOutcome.Live.class, bench.traffic.outcome(2));
    CommandOutcome.Superseded superseded =
        assertInstanceOf(CommandOutcome.Superseded.class, bench.traffic.outcome(1));
    assertEquals(
        "Command 2 moved the traffic of repeat-purchase on before every gateway had taken over"
            + " version 1.",
        superseded.reason());
  }

  @Test
  void shouldSayThatItIsLiveOnceTheLastGatewayHasAcknowledged() throws Exception {
    bench.traffic.acknowledgeFrom(2);
    bench.carry(1);
    bench.temporal.sleep(Duration.ofMinutes(5));
    assertNull(bench.traffic.outcome(1));

    bench.traffic.acknowledgeFrom(0);
    bench.temporal.sleep(Duration.ofMinutes(1));

    Bench.eventually(() -> bench.traffic.outcome(1) instanceof CommandOutcome.Live);
  }

  @Test
  void shouldFailTheStageWhenTrafficMovedOnBeforeEveryGatewayKnew() throws Exception {
    bench.traffic.acknowledgeFrom(2);
    WorkflowStub run = approved();
    Bench.eventually(() -> bench.traffic.calls().contains("shift 1"));

    bench.carry(2);

    assertEquals(RunState.FAILED, run.getResult(RunState.class));
    assertEquals(StageFailure.ROLLED_BACK, bench.ledger.errorOf("go-live").type());
  }

  private WorkflowStub begun() throws InterruptedException {
    bench.traffic.begin(FakeRollouts.plan(Duration.ofHours(10)));
    WorkflowStub run = approved();
    // Only then nothing of it is in flight, which would hold up the clock once it is terminated.
    Bench.eventually(
        () -> bench.rollouts.notes().contains("PROGRESSING 0") && isWaiting(bench.rollout()));
    return run;
  }

  private boolean isWaiting(WorkflowStub rollout) {
    return bench
            .client()
            .fetchHistory(rollout.getExecution().getWorkflowId())
            .getLastEvent()
            .getEventType()
        == EventType.EVENT_TYPE_TIMER_STARTED;
  }

  private WorkflowStub approved() throws InterruptedException {
    WorkflowStub run = bench.start(TO_TRAFFIC);
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    bench.decide("approver", true, "Fine.");
    return run;
  }

  private List<String> shifts() {
    return bench.traffic.calls().stream().filter(call -> call.startsWith("shift")).toList();
  }
}
