package dev.airlock.workflows;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.workflows.RolloutAnalysis.Finding;
import dev.airlock.workflows.RolloutAnalysis.Verdict;
import dev.airlock.workflows.RolloutPlan.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rows of one rollout, and an analysis that finds what the test says. */
final class FakeRollouts implements RolloutActivities, AnalysisActivities {

  static final long ROLLOUT = 7;

  static final Condition ERRORS =
      new Condition.OfSignal(Signal.ERROR_RATE, Comparison.AT_MOST, 0.01);

  private final List<String> moves = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<Look> analyses = new ArrayList<>();
  private final Map<Integer, RolloutShift> shifts = new LinkedHashMap<>();
  private final Map<Long, RolloutControl> controls = new LinkedHashMap<>();
  private final Map<Long, String> answers = new LinkedHashMap<>();
  private final AtomicInteger callsInOutage = new AtomicInteger();
  private Function<Look, Verdict> findings = look -> Verdict.SUCCESS;
  private Supplier<Instant> clock = Instant::now;
  private Runnable atTheEnd = () -> {};
  private boolean stumbles;
  private int calls;
  private int tries;
  private boolean isRollbackOnItsWay;
  private @Nullable String objection;
  private @Nullable RolloutState end;
  private String because = "";
  private String noted = "";

  /** One analysis. */
  record Look(int step, int number, Instant since, Instant at) {}

  /** Two steps of this hold, then all. */
  static RolloutPlan plan(Duration hold) {
    return new RolloutPlan(
        ROLLOUT,
        1,
        FakeTraffic.MODEL,
        2,
        1,
        List.of(new Step(5, hold), new Step(25, hold), new Step(100, null)),
        List.of(ERRORS));
  }

  void runBy(Supplier<Instant> someClock) {
    clock = someClock;
  }

  synchronized void find(Function<Look, Verdict> verdicts) {
    findings = verdicts;
  }

  void failNext(int calls) {
    callsInOutage.set(calls);
  }

  /** Each second call fails. */
  synchronized void stumble() {
    stumbles = true;
  }

  synchronized void revoke(String reason) {
    objection = reason;
  }

  /** Something else has moved the traffic. */
  synchronized void overtake(RolloutState state, String reason) {
    end = state;
    because = reason;
  }

  /** Somebody has written a rollback of the model down. */
  synchronized void rollbackIsOnItsWay() {
    isRollbackOnItsWay = true;
  }

  /** How often traffic was not raised because somebody wanted something else. */
  synchronized int tries() {
    return tries;
  }

  synchronized void atTheEnd(Runnable something) {
    atTheEnd = something;
  }

  synchronized long ask(RolloutControl.Kind kind) {
    long id = controls.size() + 1L;
    controls.put(id, new RolloutControl(id, ROLLOUT, kind, "operator", "I say so."));
    return id;
  }

  synchronized List<String> moves() {
    return List.copyOf(moves);
  }

  synchronized List<String> notes() {
    return List.copyOf(notes);
  }

  /** Why it is where it was noted to be last. */
  synchronized String noted() {
    return noted;
  }

  synchronized List<Look> looks() {
    return List.copyOf(analyses);
  }

  synchronized String answerTo(long control) {
    return answers.getOrDefault(control, "none");
  }

  synchronized @Nullable RolloutState end() {
    return end;
  }

  synchronized String because() {
    return because;
  }

  synchronized @Nullable CommandOutcome settled() {
    if (end == null) {
      return null;
    }
    return switch (end) {
      case PROMOTED ->
          new CommandOutcome.Live(new StageOutput.LiveVersion(FakeTraffic.MODEL, 2, 1, 99));
      case REFUSED -> new CommandOutcome.Refused(because);
      default -> new CommandOutcome.TakenBack(ROLLOUT, end, because);
    };
  }

  @Override
  public synchronized RolloutShift shiftTo(
      long rolloutId, int sequence, int step, int weight, String reason) {
    return shift(sequence, weight + " %", weight > 0);
  }

  @Override
  public synchronized RolloutShift promote(long rolloutId, int sequence, String reason) {
    return shift(sequence, "promoted", true);
  }

  private RolloutShift shift(int sequence, String move, boolean isUp) {
    answerUnlessAway();
    if (shifts.containsKey(sequence)) {
      throw new AssertionError("Shift " + sequence + " was decided twice.");
    }
    RolloutShift shift = outcome(sequence, isUp);
    shifts.put(sequence, shift);
    if (shift instanceof RolloutShift.Shifted) {
      moves.add(move);
    }
    return shift;
  }

  private RolloutShift outcome(int sequence, boolean isUp) {
    if (end != null) {
      return new RolloutShift.Over(end, 50, because);
    }
    if (isUp && (isRollbackOnItsWay || isAsked())) {
      tries++;
      return new RolloutShift.Asked();
    }
    return isUp && objection != null
        ? new RolloutShift.Refused(objection)
        : new RolloutShift.Shifted(sequence);
  }

  private boolean isAsked() {
    return waiting().stream()
        .map(RolloutControl::kind)
        .filter(kind -> kind != RolloutControl.Kind.RESUME)
        .findFirst()
        .filter(kind -> kind != RolloutControl.Kind.PROMOTE)
        .isPresent();
  }

  @Override
  public synchronized void note(
      long rolloutId, RolloutState state, int step, @Nullable Instant heldUntil, String why) {
    answerUnlessAway();
    notes.add(state + " " + step);
    noted = why;
  }

  @Override
  public synchronized List<RolloutControl> unsettled(long rolloutId) {
    answerUnlessAway();
    return waiting();
  }

  private List<RolloutControl> waiting() {
    return controls.values().stream()
        .filter(control -> !answers.containsKey(control.id()))
        .toList();
  }

  @Override
  public synchronized void settle(long controlId, boolean taken, String answer) {
    answerUnlessAway();
    answers.putIfAbsent(controlId, (taken ? "taken: " : "refused: ") + answer);
  }

  @Override
  public synchronized void end(long rolloutId, RolloutState state, String why) {
    answerUnlessAway();
    atTheEnd.run();
    if (end == null) {
      end = state;
      because = why;
    }
  }

  @Override
  public synchronized RolloutAnalysis analyse(
      RolloutPlan plan, int step, int number, Instant since) {
    answerUnlessAway();
    Look look = new Look(step, number, since, clock.get());
    analyses.add(look);
    Verdict verdict = findings.apply(look);
    return new RolloutAnalysis(
        verdict, List.of(new Finding(ERRORS, 0.02, 100, verdict, "2 % of the requests failed.")));
  }

  private void answerUnlessAway() {
    boolean stumble = stumbles && calls++ % 2 == 0;
    if (stumble || callsInOutage.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("Connection to localhost:5432 refused.");
    }
  }
}
