package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.RolloutAnalysis.Verdict;
import dev.airlock.workflows.RolloutControl.Kind;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RolloutWorkflowTest {

  private static final Duration WEEK = Duration.ofDays(7);

  private final Bench bench = new Bench();

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void shouldPromoteAfterFourteenDaysWhenEveryStepIsGood() {
    assertEquals(RolloutState.PROMOTED, end(roll()));

    assertEquals(List.of("5 %", "25 %", "promoted"), bench.rollouts.moves());
    assertEquals(2 * 7 * 24, bench.rollouts.looks().size(), "once an hour");
  }

  @Test
  void shouldKeepItsHistoryShortWhenItIsHeldForMonths() {
    bench.roll(FakeRollouts.plan(Duration.ofDays(90)));

    assertEquals(RolloutState.PROMOTED, end(bench.rollout()));
    int events = bench.history("rollout-7").getEvents().size();
    System.out.println("Two holds of 90 days make " + events + " events");
    assertTrue(events < 20_000, events + " events");
  }

  @Test
  void shouldLookNoMoreThanOnceASecond() {
    bench.roll(FakeRollouts.plan(Duration.ofSeconds(2)));

    assertEquals(RolloutState.PROMOTED, end(bench.rollout()));
    assertEquals(4, bench.rollouts.looks().size());
  }

  @Test
  void shouldTakeAllTrafficBackAtTheFirstFailure() {
    bench.rollouts.find(look -> look.number() == 13 ? Verdict.FAILURE : Verdict.SUCCESS);

    assertEquals(
        RolloutState.ROLLED_BACK, end(bench.roll(FakeRollouts.plan(Duration.ofHours(10)))));

    assertEquals(List.of("5 %", "25 %", "0 %"), bench.rollouts.moves());
    assertEquals("2 % of the requests failed.", bench.rollouts.because());
  }

  @Test
  void shouldAskAPersonWhenAStepStaysInconclusive() throws Exception {
    AtomicBoolean known = new AtomicBoolean();
    bench.rollouts.find(look -> known.get() ? Verdict.SUCCESS : Verdict.INCONCLUSIVE);
    WorkflowStub rollout = roll();
    awaitMoves("5 %");
    bench.temporal.sleep(WEEK.multipliedBy(4));
    assertEquals(List.of("PROGRESSING 0", "PAUSED 0"), bench.rollouts.notes());
    assertEquals(List.of("5 %"), bench.rollouts.moves());

    known.set(true);
    bench.temporal.sleep(WEEK);
    assertEquals(List.of("5 %"), bench.rollouts.moves(), "Only a person lets it go on.");
    Instant resumed = bench.now();
    long control = ask(Kind.RESUME);

    assertEquals(RolloutState.PROMOTED, end(rollout));
    assertEquals("taken: 5 % is held anew, and judged anew.", bench.rollouts.answerTo(control));
    assertTrue(
        bench.rollouts.looks().stream()
            .anyMatch(look -> look.step() == 0 && !look.at().isBefore(resumed.plus(WEEK))));
  }

  @Test
  void shouldStayAndMeasureEverMoreSeldomWhenPaused() throws Exception {
    WorkflowStub rollout = roll();
    awaitMoves("5 %");
    long pause = ask(Kind.PAUSE);
    long again = ask(Kind.PAUSE);
    awaitAnswer(again);

    bench.temporal.sleep(Duration.ofDays(365));

    assertEquals("taken: It stays at 5 %.", bench.rollouts.answerTo(pause));
    assertEquals("refused: It is paused already.", bench.rollouts.answerTo(again));
    assertEquals(List.of("5 %"), bench.rollouts.moves());
    assertTrue(bench.rollouts.looks().size() > 20);
    assertTrue(bench.history("rollout-7").getEvents().size() < 20_000);
    awaitAnswer(ask(Kind.ABORT));
    assertEquals(RolloutState.ABORTED, end(rollout));
  }

  @Test
  void shouldTakeTrafficBackAlsoWhilePaused() throws Exception {
    WorkflowStub rollout = roll();
    awaitMoves("5 %");
    awaitAnswer(ask(Kind.PAUSE));

    bench.rollouts.find(look -> Verdict.FAILURE);

    assertEquals(RolloutState.ROLLED_BACK, end(rollout));
    assertEquals(List.of("5 %", "0 %"), bench.rollouts.moves());
  }

  @Test
  void shouldObeyOnceWhatItIsToldTwice() throws Exception {
    WorkflowStub rollout = roll();
    awaitMoves("5 %");
    long pause = ask(Kind.PAUSE);
    rollout.signal("control", pause);
    long resume = ask(Kind.RESUME);
    rollout.signal("control", pause);
    rollout.signal("control", 99L);
    awaitAnswer(resume);

    assertEquals(RolloutState.PROMOTED, end(rollout));
    assertEquals(
        List.of("PROGRESSING 0", "PAUSED 0", "PROGRESSING 0", "PROGRESSING 1"),
        bench.rollouts.notes());
  }

  @Test
  void shouldHearWhatWasAskedBeforeItBegan() {
    long pause = bench.rollouts.ask(Kind.PAUSE);
    WorkflowStub rollout =
        bench.client().newUntypedWorkflowStub("RolloutWorkflow", Bench.optionsOf("rollout-7"));
    rollout.signalWithStart(
        "control", new Object[] {pause}, new Object[] {FakeRollouts.plan(WEEK)});
    bench.temporal.sleep(WEEK);
    assertEquals("taken: It stays at 0 %.", bench.rollouts.answerTo(pause));
    assertEquals(List.of(), bench.rollouts.moves());

    ask(Kind.ABORT);

    assertEquals(RolloutState.ABORTED, end(rollout));
    assertEquals(List.of(), bench.rollouts.moves());
  }

  @Test
  void shouldPromoteAtOnceWhenAsked() throws Exception {
    WorkflowStub rollout = roll();
    awaitMoves("5 %");

    long control = ask(Kind.PROMOTE);

    awaitAnswer(control);
    assertEquals("taken: It ended promoted.", bench.rollouts.answerTo(control));
    assertEquals(List.of("5 %", "promoted"), bench.rollouts.moves());
    assertEquals(RolloutState.PROMOTED, end(rollout));
  }

  @Test
  void shouldGoBackWhenTheApprovalIsRevokedOnTheWay() throws Exception {
    WorkflowStub rollout = roll();
    awaitMoves("5 %");
    bench.rollouts.revoke("The approval was revoked.");

    long control = ask(Kind.PROMOTE);

    assertEquals(RolloutState.REFUSED, end(rollout));
    assertEquals(
        "refused: It ended refused. The approval was revoked.", bench.rollouts.answerTo(control));
    assertEquals(List.of("5 %", "0 %"), bench.rollouts.moves());
    assertEquals("The approval was revoked.", bench.rollouts.because());
  }

  @Test
  void shouldMoveNothingWhenTheGateIsShutBeforeTheFirstShift() {
    bench.rollouts.revoke("The approval was revoked.");

    assertEquals(RolloutState.REFUSED, end(roll()));
    assertEquals(List.of(), bench.rollouts.moves());
  }

  @Test
  void shouldLeaveTrafficAloneWhenARollbackElsewhereHasEndedIt() throws Exception {
    WorkflowStub rollout = roll();
    awaitMoves("5 %");
    bench.rollouts.overtake(RolloutState.ROLLED_BACK, "Back to version 1.");

    assertEquals(RolloutState.ROLLED_BACK, end(rollout));
    assertEquals(List.of("5 %"), bench.rollouts.moves());
    assertTrue(bench.traffic.calls().contains("finish 1"));
  }

  @Test
  void shouldEndAtOnceWhenItIsToldToLookAndIsOver() throws Exception {
    WorkflowStub rollout = roll();
    awaitMoves("5 %");
    rollout.signal("lookAgain");
    bench.rollouts.overtake(RolloutState.ABORTED, "Back to version 1.");
    Instant before = bench.now();

    rollout.signal("lookAgain");

    Bench.eventually(() -> bench.traffic.calls().contains("finish 1"));
    assertTrue(Duration.between(before, bench.now()).compareTo(Duration.ofHours(1)) < 0);
    assertEquals(RolloutState.ABORTED, end(rollout));
  }

  @Test
  void shouldLookOnceMoreAfterTheHoldHoweverLongAnOutageTook() throws Exception {
    Duration hold = Duration.ofSeconds(10);
    WorkflowStub rollout = bench.roll(FakeRollouts.plan(hold));
    awaitMoves("5 %");
    bench.rollouts.failNext(12);

    assertEquals(RolloutState.PROMOTED, end(rollout));

    for (int step : new int[] {0, 1}) {
      assertTrue(
          bench.rollouts.looks().stream()
              .filter(look -> look.step() == step)
              .anyMatch(look -> !look.at().isBefore(look.since().plus(hold))));
    }
  }

  @Test
  void shouldOutlastAnOutageInEveryCall() {
    bench.rollouts.stumble();

    assertEquals(RolloutState.PROMOTED, end(roll()));
    assertEquals(List.of("5 %", "25 %", "promoted"), bench.rollouts.moves());
  }

  @Test
  void shouldHearPeopleWhileTheAnalysisHangs() throws Exception {
    bench.rollouts.find(
        look -> {
          throw new IllegalStateException("The artifact store is away.");
        });
    WorkflowStub rollout = bench.roll(FakeRollouts.plan(Duration.ofMinutes(10)));
    awaitMoves("5 %");
    bench.temporal.sleep(Duration.ofMinutes(30));
    assertEquals(List.of("5 %"), bench.rollouts.moves());

    ask(Kind.ABORT);

    assertEquals(RolloutState.ABORTED, end(rollout));
    assertEquals(List.of("5 %", "0 %"), bench.rollouts.moves());
  }

  @Test
  void shouldAnswerWhoComesTooLate() throws Exception {
    WorkflowStub rollout = roll();
    awaitMoves("5 %");
    bench.rollouts.atTheEnd(() -> bench.rollouts.ask(Kind.PROMOTE));

    long abort = ask(Kind.ABORT);

    assertEquals(RolloutState.ABORTED, end(rollout));
    assertEquals("taken: It ended aborted.", bench.rollouts.answerTo(abort));
    assertEquals(
        "refused: The rollout is over: it ended aborted.", bench.rollouts.answerTo(abort + 1));
    assertEquals(List.of("5 %", "0 %"), bench.rollouts.moves());
  }

  @Test
  void shouldAbortWhereTheWishIsWrittenDownAndItsSignalHasNotComeYet() {
    AtomicBoolean asked = new AtomicBoolean();
    bench.rollouts.find(
        look -> {
          if (look.step() == 1 && asked.compareAndSet(false, true)) {
            bench.rollouts.ask(Kind.ABORT);
          }
          return Verdict.SUCCESS;
        });

    assertEquals(RolloutState.ABORTED, end(bench.roll(FakeRollouts.plan(Duration.ofSeconds(5)))));

    assertEquals(List.of("5 %", "25 %", "0 %"), bench.rollouts.moves());
    assertEquals("taken: It ended aborted.", bench.rollouts.answerTo(1));
  }

  @Test
  void shouldStayWhereAPauseIsWrittenDownAndItsSignalHasNotComeYet() throws Exception {
    WorkflowStub rollout = roll();
    awaitMoves("5 %");
    long pause = bench.rollouts.ask(Kind.PAUSE);

    bench.temporal.sleep(WEEK.multipliedBy(2));

    assertEquals("taken: It stays at 5 %.", bench.rollouts.answerTo(pause));
    assertEquals(List.of("5 %"), bench.rollouts.moves());
    ask(Kind.RESUME);
    assertEquals(RolloutState.PROMOTED, end(rollout));
  }

  @Test
  void shouldWaitWithoutHasteForARollbackThatIsWrittenDown() throws Exception {
    WorkflowStub rollout = bench.roll(FakeRollouts.plan(Duration.ofMinutes(10)));
    awaitMoves("5 %");
    bench.rollouts.rollbackIsOnItsWay();
    bench.temporal.sleep(Duration.ofDays(1));
    assertEquals(List.of("5 %"), bench.rollouts.moves());
    int tries = bench.rollouts.tries();
    assertTrue(tries > 10 && tries < 200, tries + " tries");

    bench.rollouts.overtake(RolloutState.ABORTED, "Back to version 1.");
    rollout.signal("lookAgain");

    assertEquals(RolloutState.ABORTED, end(rollout));
    assertEquals(List.of("5 %"), bench.rollouts.moves());
  }

  @Test
  void shouldObeyInTheOrderOfAskingWhateverTheOrderOfSignals() throws Exception {
    WorkflowStub rollout = roll();
    awaitMoves("5 %");
    long pause = bench.rollouts.ask(Kind.PAUSE);
    long resume = bench.rollouts.ask(Kind.RESUME);
    rollout.signal("control", resume);
    rollout.signal("control", pause);
    awaitAnswer(resume);
    long promote = bench.rollouts.ask(Kind.PROMOTE);
    long abort = bench.rollouts.ask(Kind.ABORT);
    rollout.signal("control", abort);
    rollout.signal("control", promote);

    assertEquals(RolloutState.PROMOTED, end(rollout));
    assertEquals(List.of("PROGRESSING 0", "PAUSED 0", "PROGRESSING 0"), bench.rollouts.notes());
    assertEquals("taken: It ended promoted.", bench.rollouts.answerTo(promote));
    assertEquals(
        "refused: The rollout is over: it ended promoted.", bench.rollouts.answerTo(abort));
    assertEquals(List.of("5 %", "promoted"), bench.rollouts.moves());
  }

  @Test
  void shouldTakeTrafficBackWhenAskedAlthoughAGatewayDoesNotAcknowledge() throws Exception {
    bench.traffic.acknowledgeFrom(2);
    WorkflowStub rollout = bench.roll(FakeRollouts.plan(Duration.ofMinutes(10)));
    awaitMoves("5 %");
    assertEquals(
        "Not every gateway has taken over 5 % yet; it is held once they have.",
        bench.rollouts.noted());
    bench.temporal.sleep(Duration.ofMinutes(20));
    assertEquals(List.of("5 %"), bench.rollouts.moves());

    long abort = ask(Kind.ABORT);

    assertEquals(RolloutState.ABORTED, end(rollout));
    assertEquals("taken: It ended aborted.", bench.rollouts.answerTo(abort));
    assertEquals(List.of("5 %", "0 %"), bench.rollouts.moves());
  }

  @Test
  void shouldLookWhileAGatewayDoesNotAcknowledge() {
    bench.traffic.acknowledgeFrom(2);
    bench.rollouts.find(look -> look.number() < 3 ? Verdict.SUCCESS : Verdict.FAILURE);

    assertEquals(
        RolloutState.ROLLED_BACK, end(bench.roll(FakeRollouts.plan(Duration.ofMinutes(10)))));
    assertEquals(List.of("5 %", "0 %"), bench.rollouts.moves());
  }

  @Test
  void shouldHoldTheStepOnceEveryGatewayHasAcknowledged() throws Exception {
    Duration hold = Duration.ofMinutes(10);
    bench.traffic.acknowledgeFrom(2);
    WorkflowStub rollout = bench.roll(FakeRollouts.plan(hold));
    awaitMoves("5 %");
    bench.temporal.sleep(hold.multipliedBy(2));
    assertEquals(List.of("5 %"), bench.rollouts.moves());
    Instant known = bench.now();
    bench.traffic.acknowledgeFrom(0);

    assertEquals(RolloutState.PROMOTED, end(rollout));
    assertTrue(
        bench.rollouts.looks().stream()
            .anyMatch(
                look ->
                    look.step() == 0
                        && !look.since().isBefore(known)
                        && !look.at().isBefore(known.plus(hold))));
  }

  @Test
  void shouldSayThatAGatewayHasNotAcknowledgedTheWayBack() throws Exception {
    WorkflowStub rollout = bench.roll(FakeRollouts.plan(Duration.ofMinutes(10)));
    awaitMoves("5 %");
    bench.traffic.acknowledgeFrom(99);

    ask(Kind.ABORT);

    assertEquals(RolloutState.ABORTED, end(rollout));
    assertEquals(
        "operator asked for it: I say so. A gateway has not acknowledged it within 2 minutes.",
        bench.rollouts.because());
  }

  @Test
  void shouldAnswerThePromotionBeforeTheLastGatewayAndTheRunAfterIt() throws Exception {
    WorkflowStub rollout = bench.roll(FakeRollouts.plan(Duration.ofMinutes(10)));
    awaitMoves("5 %");
    bench.traffic.acknowledgeFrom(99);

    long promote = ask(Kind.PROMOTE);
    bench.temporal.sleep(Duration.ofMinutes(20));
    assertEquals("taken: It ended promoted.", bench.rollouts.answerTo(promote));
    long late = ask(Kind.ABORT);
    awaitAnswer(late);
    assertTrue(!bench.traffic.calls().contains("finish 1"), bench.traffic.calls().toString());
    bench.traffic.acknowledgeFrom(0);

    assertEquals(RolloutState.PROMOTED, end(rollout));
    assertTrue(bench.traffic.calls().contains("finish 1"));
  }

  @Test
  void shouldAskAPersonWhenTheAnalysisCannotBeMade() throws Exception {
    bench.rollouts.find(
        look -> {
          throw new IllegalStateException("The evidence is gone.");
        });
    WorkflowStub rollout = bench.roll(FakeRollouts.plan(Duration.ofMinutes(10)));
    awaitMoves("5 %");

    bench.temporal.sleep(Duration.ofHours(2));

    assertEquals(List.of("PROGRESSING 0", "PAUSED 0"), bench.rollouts.notes());
    assertEquals(
        "The analysis could not be made, so a person is asked. The evidence is gone.",
        bench.rollouts.noted());
    bench.rollouts.find(look -> Verdict.SUCCESS);
    ask(Kind.RESUME);
    assertEquals(RolloutState.PROMOTED, end(rollout));
  }

  private WorkflowStub roll() {
    return bench.roll(FakeRollouts.plan(WEEK));
  }

  private static RolloutState end(WorkflowStub rollout) {
    return rollout.getResult(RolloutState.class);
  }

  private long ask(Kind kind) {
    long control = bench.rollouts.ask(kind);
    bench.rollout().signal("control", control);
    return control;
  }

  private void awaitMoves(String... moves) throws InterruptedException {
    Bench.eventually(
        () -> bench.rollouts.moves().equals(List.of(moves)) && !bench.rollouts.notes().isEmpty());
  }

  private void awaitAnswer(long control) throws InterruptedException {
    Bench.eventually(() -> !bench.rollouts.answerTo(control).equals("none"));
  }
}
