package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.workflows.ApprovalStanding.State;
import dev.airlock.workflows.StageOutput.ApprovedVersion;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ApprovalGateTest {

  private static final Graph ONE_VOTE =
      Stages.graph(
          Stages.train("train", "orders"),
          Stages.ingest("orders"),
          Stages.evaluate("judge", "train"),
          Stages.register("register", "judge"),
          Stages.approval("promote", 1, "register"),
          Stages.task("after", "promote"));

  private static final Graph TWO_VOTES =
      Stages.graph(Stages.register("register"), Stages.approval("promote", 2, "register"));

  private final Bench bench = new Bench();

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void shouldLetTheVersionPassWhenItIsApproved() throws Exception {
    WorkflowStub run = startAndWait(ONE_VOTE);

    assertEquals(List.of(RunState.RUNNING, RunState.WAITING), bench.ledger.states());
    DecisionOutcome outcome = bench.decide("approver", true, "Better than the champion.");

    assertInstanceOf(DecisionOutcome.Counted.class, outcome);
    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    assertEquals(
        List.of("pending", "queued", "waiting", "succeeded"), bench.ledger.linesOf("promote"));
    ApprovedVersion approved = (ApprovedVersion) bench.ledger.outputOf("promote");
    assertEquals(List.of("approver"), approved.approvedBy());
    assertEquals(1, approved.approvalId());
    assertEquals("a".repeat(64), approved.version().artifactDigest());
    assertEquals(approved, bench.stages.attemptsAt("after").get(0).inputs().get("promote"));
    assertEquals(
        List.of(RunState.RUNNING, RunState.WAITING, RunState.RUNNING), bench.ledger.states());
  }

  @Test
  void shouldSayWhoRejectedItAndWhy() throws Exception {
    WorkflowStub run = startAndWait(ONE_VOTE);

    bench.decide("approver", false, "The holdout is too small.");

    assertEquals(RunState.FAILED, run.getResult(RunState.class));
    assertEquals(
        new StageError(
            StageFailure.REJECTED, "Rejected by approver: The holdout is too small.", List.of()),
        bench.ledger.errorOf("promote"));
    assertEquals(StageState.UPSTREAM_FAILED, bench.ledger.last("after").state());
  }

  @Test
  void shouldExpireAfterThreeDaysWhenNobodyDecides() throws Exception {
    Instant start = Instant.ofEpochMilli(bench.temporal.currentTimeMillis());

    assertEquals(RunState.FAILED, bench.run(ONE_VOTE));

    assertEquals(
        new StageError(StageFailure.REJECTED, "Nobody decided within 3 days.", List.of()),
        bench.ledger.errorOf("promote"));
    assertEquals(List.of(State.EXPIRED), bench.approvals.states());
    Duration open = Duration.between(start, bench.approvals.limits().get(0));
    assertEquals(3, open.toDays());
    Duration took = Duration.between(start, bench.ledger.last("promote").at());
    assertEquals(3, took.toDays());
  }

  @Test
  void shouldSayHowManyVotesCountedWhenItExpires() throws Exception {
    WorkflowStub run = startAndWait(TWO_VOTES);

    bench.decide("anna", true, "Yes.");

    assertEquals(RunState.FAILED, run.getResult(RunState.class));
    assertEquals(
        new StageError(StageFailure.REJECTED, "1 of 2 votes counted within 3 days.", List.of()),
        bench.ledger.errorOf("promote"));
  }

  @Test
  void shouldStayOpenUntilTheQuorumIsThere() throws Exception {
    WorkflowStub run = startAndWait(TWO_VOTES);

    bench.decide("anna", true, "Yes.");
    bench.decide("anna", true, "Yes, yes.");
    assertEquals(List.of(State.OPEN), bench.approvals.states());
    bench.decide("bela", true, "Yes.");

    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    ApprovedVersion approved = (ApprovedVersion) bench.ledger.outputOf("promote");
    assertEquals(List.of("anna", "bela"), approved.approvedBy());
  }

  @Test
  void shouldGoOnWhenItHearsOnceMoreOfAVoteThatIsEnoughByNow() throws Exception {
    WorkflowStub run = startAndWait(TWO_VOTES);
    long vote = bench.approvals.write("anna", true, "Yes.");
    bench.deliver(1, vote);
    bench.deliver(1, vote);
    assertEquals(List.of(State.OPEN), bench.approvals.states());

    bench.approvals.wake(1, "bela", "anna");
    bench.deliver(1, vote, "decision-1-again");

    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    ApprovedVersion approved = (ApprovedVersion) bench.ledger.outputOf("promote");
    assertEquals(List.of("bela", "anna"), approved.approvedBy());
  }

  @Test
  void shouldStayOpenWhenADecisionIsRefused() throws Exception {
    WorkflowStub run = startAndWait(ONE_VOTE);

    DecisionOutcome own = bench.decide("engineer", true, "Mine.");

    assertEquals(new DecisionOutcome.Refused("Whoever asked can't approve."), own);
    assertEquals(List.of(State.OPEN), bench.approvals.states());
    assertEquals("waiting", bench.ledger.last("promote").state().word());
    bench.decide("approver", true, "Fine.");
    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
  }

  @Test
  void shouldRefuseWhoeverComesLate() throws Exception {
    WorkflowStub run = startAndWait(TWO_VOTES);
    bench.decide("anna", false, "No.");
    assertEquals(RunState.FAILED, run.getResult(RunState.class));

    long late = bench.approvals.write("bela", true, "Yes.");

    assertThrows(RuntimeException.class, () -> bench.deliver(1, late));
    assertEquals(List.of(State.REJECTED), bench.approvals.states());
  }

  @Test
  void shouldRejectMalformedIdsWithoutATrace() throws Exception {
    startAndWait(ONE_VOTE);

    WorkflowUpdateException refused =
        assertThrows(WorkflowUpdateException.class, () -> bench.deliver(0, -1));

    assertTrue(String.valueOf(refused.getCause()).contains("both at least 1, but got 0 and -1"));
    assertTrue(
        bench.history("run-1").getEvents().stream()
            .noneMatch(event -> event.hasWorkflowExecutionUpdateAcceptedEventAttributes()));
    bench.run().cancel();
    bench.awaitCancelled();
  }

  @Test
  void shouldKeepWhatWasCountedJustBeforeTheLimit() throws Exception {
    WorkflowStub run = startAndWait(ONE_VOTE);
    long decision = bench.approvals.write("approver", true, "In time.");
    bench.approvals.count(1, decision);

    // The Update never comes; at the limit PostgreSQL says that it has been decided.
    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    assertEquals(List.of(State.APPROVED), bench.approvals.states());
  }

  @Test
  void shouldTakeAVoteThatComesBeforeItKnowsItsQuestionsId() throws Exception {
    // A policy votes in the transaction that opens the approval: its Update may overtake the
    // answer.
    List<DecisionOutcome> heard = new CopyOnWriteArrayList<>();
    bench.approvals.whenOpened(
        () -> {
          try {
            heard.add(bench.deliver(1, bench.approvals.write("ada", true, "By policy 3.")));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });

    assertEquals(RunState.SUCCEEDED, bench.start(ONE_VOTE).getResult(RunState.class));

    assertInstanceOf(DecisionOutcome.Counted.class, heard.get(0));
    ApprovedVersion approved = (ApprovedVersion) bench.ledger.outputOf("promote");
    assertEquals(List.of("ada"), approved.approvedBy());
  }

  @Test
  void shouldOutlastAnOutageWhileItCounts() throws Exception {
    WorkflowStub run = startAndWait(ONE_VOTE);
    bench.approvals.failNext(1);

    assertInstanceOf(DecisionOutcome.Counted.class, bench.decide("approver", true, "Fine."));
    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
  }

  private WorkflowStub startAndWait(Graph graph) throws InterruptedException {
    WorkflowStub run = bench.start(graph);
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    return run;
  }
}
