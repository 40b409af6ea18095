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
    assertEquals(20, bench.rollouts.looks().size());
    assertTrue(bench.history("rollout-7").getEvents().size() < 400);
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

    assertEquals(RolloutState.ROLLED_BACK, end(roll()));

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
    assertTrue(bench.history("rollout-7").getEvents().size() < 10_000);
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
    assertEquals("refused: It ended refused.", bench.rollouts.answerTo(control));
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
    long late = bench.rollouts.ask(Kind.PROMOTE);
    bench.rollouts.atTheEnd(() -> rollout.signal("control", late));

    ask(Kind.ABORT);

    assertEquals(RolloutState.ABORTED, end(rollout));
    assertEquals("refused: The rollout is over: it ended aborted.", bench.rollouts.answerTo(late));
    assertEquals(List.of("5 %", "0 %"), bench.rollouts.moves());
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
