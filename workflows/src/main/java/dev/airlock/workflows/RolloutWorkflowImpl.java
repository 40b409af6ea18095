package dev.airlock.workflows;

import dev.airlock.workflows.RolloutAnalysis.Finding;
import dev.airlock.workflows.RolloutAnalysis.Verdict;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.TemporalException;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Step by step to all traffic, or back. It decides; PostgreSQL says whether it may, whether the
 * rollout still is under way, and what people have asked for and in which order: a signal is only a
 * bell. Time alone never moves traffic: each step up needs a look that began no sooner than the end
 * of the hold and found nothing wrong, however long an outage held it up.
 *
 * <p>It is never deaf: whatever it waits for, a person or a failed analysis takes traffic back.
 */
final class RolloutWorkflowImpl implements RolloutWorkflow {

  /** How long an analysis may be tried again before a person is asked. */
  static final Duration LONGEST_LOOK = Duration.ofHours(1);

  /** How long the end waits for gateways that hold a lease and do not acknowledge. */
  static final Duration PATIENCE_WITH_GATEWAYS = Duration.ofMinutes(2);

  private static final Duration USUAL_ACKNOWLEDGEMENT = Duration.ofSeconds(10);
  private static final ActivityOptions ANALYSIS =
      ActivityOptions.newBuilder(Outage.PATIENT_MONITOR)
          .setScheduleToCloseTimeout(LONGEST_LOOK)
          .build();
  private static final int NOT_BEGUN = -1;

  private final Logger log = Workflow.getLogger(RolloutWorkflowImpl.class);
  private final RolloutActivities rollouts =
      Workflow.newActivityStub(RolloutActivities.class, Outage.PATIENT);
  private final AnalysisActivities analyses =
      Workflow.newActivityStub(AnalysisActivities.class, ANALYSIS);
  private final RoutingActivities routing =
      Workflow.newActivityStub(RoutingActivities.class, Outage.PATIENT);
  private final Settlement settlement = new Settlement();
  private final RolloutPlan plan;
  private final Rhythm rhythm;
  private boolean isRung;
  private boolean isDoubted;
  private int sequence;
  private int looks;
  private int step = NOT_BEGUN;
  private int weight;
  private Instant since = Instant.EPOCH;

  /** When the hold ends; null where it does not run: before it begins, and while it is paused. */
  private @Nullable Instant heldUntil;

  private @Nullable Instant pausedSince;

  /** Since when people's wishes keep the next step waiting. */
  private @Nullable Instant askedSince;

  /** Null as soon as the step's weight is in force at every gateway. */
  private @Nullable Acknowledgement spreading;

  private @Nullable RolloutState end;

  RolloutWorkflowImpl(RolloutPlan plan) {
    this.plan = plan;
    this.rhythm = new Rhythm(plan);
  }

  @Override
  public RolloutState run(RolloutPlan samePlan) {
    Detached.run(this::goTheWay);
    return Objects.requireNonNull(end);
  }

  @Override
  public void control(long controlId) {
    isRung = true;
  }

  @Override
  public void lookAgain() {
    isDoubted = true;
  }

  private void goTheWay() {
    isRung = true;
    while (end == null) {
      obey();
      if (end == null && isPassed()) {
        stepUp();
      }
    }
    close();
  }

  private void stepUp() {
    int next = step + 1;
    if (next == plan.steps().size() - 1) {
      promote("Every step held what it was to hold.");
    } else {
      shiftTo(next);
    }
  }

  private void shiftTo(int next) {
    int percent = plan.steps().get(next).weight();
    RolloutShift shift =
        rollouts.shiftTo(plan.rolloutId(), ++sequence, next, percent, reason(next));
    if (!(shift instanceof RolloutShift.Shifted shifted)) {
      heed(shift);
      return;
    }
    askedSince = null;
    step = next;
    weight = percent;
    since = now();
    heldUntil = null;
    Acknowledgement acknowledgement = new Acknowledgement(plan.model(), shifted.epoch());
    spreading = acknowledgement;
    if (!Workflow.await(
        USUAL_ACKNOWLEDGEMENT, () -> acknowledgement.isKnown() || isRung || isDoubted)) {
      note(
          "Not every gateway has taken over %d %% yet; it is held once they have."
              .formatted(percent));
    }
  }

  private String reason(int number) {
    return "Step %d of %d.".formatted(number + 1, plan.steps().size());
  }

  /** Starts the step's hold, or starts it anew; where gateways are behind, once they are not. */
  private void hold(String because) {
    pausedSince = null;
    askedSince = null;
    since = now();
    heldUntil = spreading == null ? since.plus(rhythm.hold(step)) : null;
    note(because);
  }

  private void note(String because) {
    RolloutState state = pausedSince == null ? RolloutState.PROGRESSING : RolloutState.PAUSED;
    rollouts.note(plan.rolloutId(), state, Math.max(step, 0), heldUntil, because);
  }

  /**
   * Looks once, when it is time to. Whether the step has been held and found good; before the first
   * one, whether nobody has paused it.
   */
  private boolean isPassed() {
    if (step == NOT_BEGUN) {
      if (pausedSince != null) {
        Workflow.await(this::isStirred);
      }
      return pausedSince == null;
    }
    if (!awaitNextLook()) {
      return false;
    }
    boolean isLast = isHeld();
    RolloutAnalysis analysis = look();
    if (analysis == null || end != null) {
      return false;
    }
    if (analysis.verdict() == Verdict.FAILURE) {
      takeBack(RolloutState.ROLLED_BACK, said(analysis, Verdict.FAILURE));
    } else if (isLast && isHeld() && analysis.verdict() == Verdict.INCONCLUSIVE) {
      pause("Inconclusive, so a person is asked. " + said(analysis, Verdict.INCONCLUSIVE));
    }
    return isLast && isHeld() && end == null && analysis.verdict() == Verdict.SUCCESS;
  }

  private boolean isHeld() {
    return heldUntil != null && !now().isBefore(heldUntil);
  }

  /** Whether the time for it has come; it has not where something wants to be heard first. */
  private boolean awaitNextLook() {
    Instant next = now().plus(pauseBetweenLooks());
    if (askedSince != null) {
      // Else it would look and ask in one go until what was asked is carried out.
      next = now().plus(Rhythm.pauseAfter(Duration.between(askedSince, now())));
    } else if (heldUntil != null && next.isAfter(heldUntil)) {
      next = heldUntil;
    }
    while (true) {
      Duration left = Duration.between(now(), next);
      if (left.isNegative() || left.isZero()) {
        return true;
      }
      Instant began = since;
      Instant paused = pausedSince;
      if (Workflow.await(left, this::isStirred)) {
        obey();
      }
      if (end != null || !began.equals(since) || !Objects.equals(paused, pausedSince)) {
        return false;
      }
    }
  }

  private Duration pauseBetweenLooks() {
    if (heldUntil != null) {
      return rhythm.pause(step);
    }
    return rhythm.pauseAfter(
        step, Duration.between(pausedSince == null ? since : pausedSince, now()));
  }

  /**
   * What can be known now; null where a person has made it pointless meanwhile, and where it could
   * not be made. People are heard while it is under way, since nobody may be there to carry it out.
   */
  private @Nullable RolloutAnalysis look() {
    Instant began = since;
    int number = ++looks;
    CompletablePromise<RolloutAnalysis> analysis = Workflow.newPromise();
    CancellationScope scope =
        Workflow.newCancellationScope(() -> analysis.completeFrom(analyse(number, began)));
    scope.run();
    while (!analysis.isCompleted()) {
      Workflow.await(() -> analysis.isCompleted() || isStirred());
      obey();
      if (end != null || !began.equals(since)) {
        scope.cancel();
        return null;
      }
    }
    try {
      return analysis.get();
    } catch (ActivityFailure broken) {
      log.error("Look {} of rollout {} failed.", number, plan.rolloutId(), broken);
      if (pausedSince == null) {
        pause("The analysis could not be made, so a person is asked. " + StageErrors.words(broken));
      }
      return null;
    }
  }

  private Promise<RolloutAnalysis> analyse(int number, Instant began) {
    return Async.function(analyses::analyse, plan, step, number, began);
  }

  private boolean isStirred() {
    return isRung || isDoubted || isSpread();
  }

  private boolean isSpread() {
    return spreading != null && spreading.isKnown();
  }

  /** Does what people have asked for since it was last called, and learns what has happened. */
  private void obey() {
    if (isSpread()) {
      spreading = null;
      if (pausedSince == null) {
        hold(reason(step));
      }
    }
    if (isDoubted) {
      isDoubted = false;
      learn();
    }
    while (isRung && end == null) {
      isRung = false;
      obeyInOrder();
    }
  }

  /** Reads them again as soon as something is asked: it may come before those that are left. */
  private void obeyInOrder() {
    for (RolloutControl control : rollouts.unsettled(plan.rolloutId())) {
      if (end == null && !isRung) {
        obey(control);
      }
    }
  }

  private void learn() {
    CommandOutcome outcome = routing.settled(plan.commandId());
    if (outcome instanceof CommandOutcome.Live) {
      end = RolloutState.PROMOTED;
    } else if (outcome instanceof CommandOutcome.TakenBack back) {
      end = back.state();
    } else if (outcome instanceof CommandOutcome.Refused) {
      end = RolloutState.REFUSED;
    }
  }

  private void obey(RolloutControl control) {
    String wish = "%s asked for it: %s".formatted(control.by(), control.reason());
    switch (control.kind()) {
      case PAUSE -> {
        if (pausedSince != null) {
          rollouts.settle(control.id(), false, "It is paused already.");
        } else {
          pause(wish);
          rollouts.settle(control.id(), true, "It stays at %d %%.".formatted(weight));
        }
      }
      case RESUME -> {
        if (pausedSince == null) {
          rollouts.settle(control.id(), false, "It is not paused.");
        } else {
          resume(wish);
          rollouts.settle(
              control.id(), true, "%d %% is held anew, and judged anew.".formatted(weight));
        }
      }
      case PROMOTE -> promote(control, wish);
      case ABORT -> {
        boolean isTaken = takeBack(RolloutState.ABORTED, wish);
        rollouts.settle(control.id(), isTaken, ended());
      }
    }
  }

  private void resume(String wish) {
    if (step == NOT_BEGUN) {
      pausedSince = null;
      note(wish);
    } else {
      hold(wish);
    }
  }

  private void promote(RolloutControl control, String wish) {
    String objection = promote(wish);
    if (end == null) {
      return;
    }
    rollouts.settle(
        control.id(),
        end == RolloutState.PROMOTED && objection.isEmpty(),
        (ended() + " " + objection).strip());
  }

  private String ended() {
    return "It ended %s.".formatted(Words.of(Objects.requireNonNull(end)));
  }

  private void pause(String because) {
    pausedSince = now();
    askedSince = null;
    heldUntil = null;
    note(because);
  }

  /** What stands against it, after which the rollout has ended otherwise; empty where nothing. */
  private String promote(String reason) {
    RolloutShift shift = rollouts.promote(plan.rolloutId(), ++sequence, reason);
    if (!(shift instanceof RolloutShift.Shifted shifted)) {
      return heed(shift);
    }
    stopSpreading();
    Acknowledgement everywhere = new Acknowledgement(plan.model(), shifted.epoch());
    Workflow.await(PATIENCE_WITH_GATEWAYS, everywhere::isKnown);
    spreading = everywhere;
    finish(RolloutState.PROMOTED, reason);
    return "";
  }

  /** Whether it was this that put all traffic back. */
  private boolean takeBack(RolloutState state, String because) {
    String reason = because;
    if (weight > 0) {
      RolloutShift shift = rollouts.shiftTo(plan.rolloutId(), ++sequence, step, 0, because);
      if (shift instanceof RolloutShift.Over over) {
        overtakenBy(over);
        return false;
      }
      if (shift instanceof RolloutShift.Shifted shifted && !isKnownInTime(shifted.epoch())) {
        reason +=
            " A gateway has not acknowledged it within " + Words.of(PATIENCE_WITH_GATEWAYS) + ".";
      }
    }
    finish(state, reason);
    return true;
  }

  /** Does what a shift that was not made leaves to do, and says what stood against it. */
  private String heed(RolloutShift shift) {
    if (shift instanceof RolloutShift.Asked) {
      isRung = true;
      askedSince = askedSince == null ? now() : askedSince;
      return "";
    }
    if (shift instanceof RolloutShift.Refused refused) {
      takeBack(RolloutState.REFUSED, refused.reason());
      return refused.reason();
    }
    RolloutShift.Over over = (RolloutShift.Over) shift;
    overtakenBy(over);
    return over.reason();
  }

  private void overtakenBy(RolloutShift.Over over) {
    isKnownInTime(over.epoch());
    end = over.state();
  }

  private boolean isKnownInTime(long epoch) {
    stopSpreading();
    Acknowledgement everywhere = new Acknowledgement(plan.model(), epoch);
    boolean isKnown = Workflow.await(PATIENCE_WITH_GATEWAYS, everywhere::isKnown);
    everywhere.giveUp();
    return isKnown;
  }

  private void stopSpreading() {
    if (spreading != null) {
      spreading.giveUp();
      spreading = null;
    }
  }

  private void finish(RolloutState state, String because) {
    rollouts.end(plan.rolloutId(), state, because);
    end = state;
  }

  /**
   * Answers whoever came too late, and sees to it that the command is settled, whether the model's
   * workflow is there or not.
   */
  private void close() {
    refuseLateControls();
    awaitGateways();
    CommandOutcome outcome = routing.settled(plan.commandId());
    if (outcome != null) {
      settlement.settle(plan.commandId(), outcome);
    }
    tellModel();
    refuseLateControls();
  }

  /** A version is said to be live once every gateway knows, or something else has moved traffic. */
  private void awaitGateways() {
    if (end == RolloutState.PROMOTED) {
      while (spreading != null && !spreading.isKnown() && !isDoubted) {
        Workflow.await(this::isStirred);
        if (isRung) {
          refuseLateControls();
        }
      }
    }
    stopSpreading();
  }

  private void refuseLateControls() {
    isRung = false;
    for (RolloutControl late : rollouts.unsettled(plan.rolloutId())) {
      rollouts.settle(
          late.id(),
          false,
          "The rollout is over: it ended %s.".formatted(Words.of(Objects.requireNonNull(end))));
    }
  }

  private void tellModel() {
    try {
      Workflow.newExternalWorkflowStub(ModelWorkflow.class, RunIds.modelWorkflowId(plan.model()))
          .rolloutEnded(plan.commandId());
    } catch (TemporalException closed) {
      log.info("The workflow of {} is not there to be told.", plan.model());
    }
  }

  private static String said(RolloutAnalysis analysis, Verdict verdict) {
    return analysis.findings().stream()
        .filter(finding -> finding.verdict() == verdict)
        .map(Finding::detail)
        .collect(Collectors.joining(" "));
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
