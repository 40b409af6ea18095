package dev.airlock.workflows;

import dev.airlock.workflows.RolloutAnalysis.Finding;
import dev.airlock.workflows.RolloutAnalysis.Verdict;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.TemporalException;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Step by step to all traffic, or back. It decides; PostgreSQL says whether it may, and whether the
 * rollout still is under way. Time alone never moves traffic: each step up needs a look that began
 * no sooner than the end of the hold and found nothing wrong, however long an outage held it up.
 *
 * <p>The number of looks is bounded, about {@value #LOOKS_OF_A_HOLD} a hold and ever fewer while it
 * is paused, and so is the history.
 */
final class RolloutWorkflowImpl implements RolloutWorkflow {

  private static final int LOOKS_OF_A_HOLD = 10;
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(6);

  private final Logger log = Workflow.getLogger(RolloutWorkflowImpl.class);
  private final RolloutActivities rollouts =
      Workflow.newActivityStub(RolloutActivities.class, Outage.PATIENT);
  private final AnalysisActivities analyses =
      Workflow.newActivityStub(AnalysisActivities.class, Outage.PATIENT_MONITOR);
  private final RoutingActivities routing =
      Workflow.newActivityStub(RoutingActivities.class, Outage.PATIENT);
  private final RoutingActivities gateways =
      Workflow.newActivityStub(RoutingActivities.class, Outage.UNTIL_ACKNOWLEDGED);
  private final Settlement settlement = new Settlement();
  private final RolloutPlan plan;
  private final Queue<Long> controls = new ArrayDeque<>();
  private final Set<Long> heard = new HashSet<>();
  private boolean isDoubted;
  private int sequence;
  private int looks;
  private int step;
  private int weight;
  private Instant since = Instant.EPOCH;
  private Instant heldUntil = Instant.EPOCH;
  private @Nullable Instant pausedSince;
  private @Nullable RolloutState end;

  RolloutWorkflowImpl(RolloutPlan plan) {
    this.plan = plan;
  }

  @Override
  public RolloutState run(RolloutPlan samePlan) {
    Detached.run(this::goTheWay);
    return Objects.requireNonNull(end);
  }

  @Override
  public void control(long controlId) {
    if (heard.add(controlId)) {
      controls.add(controlId);
    }
  }

  @Override
  public void lookAgain() {
    isDoubted = true;
  }

  private void goTheWay() {
    awaitLeaveToBegin();
    while (end == null && step < plan.steps().size() - 1) {
      takeStep();
      step++;
    }
    if (end == null) {
      promote("Every step held what it was to hold.");
    }
    close();
  }

  /** People may have asked for something before there was anything to stop. */
  private void awaitLeaveToBegin() {
    obey();
    while (end == null && pausedSince != null) {
      Workflow.await(this::isAsked);
      obey();
    }
  }

  private void takeStep() {
    int percent = plan.steps().get(step).weight();
    String reason = "Step %d of %d.".formatted(step + 1, plan.steps().size());
    RolloutShift shift = rollouts.shiftTo(plan.rolloutId(), ++sequence, step, percent, reason);
    if (isInForce(shift)) {
      weight = percent;
      hold(reason);
      while (end == null && !isPassed()) {
        obey();
      }
    }
  }

  /** Starts the step's hold, or starts it anew. */
  private void hold(String because) {
    pausedSince = null;
    since = now();
    heldUntil = since.plus(holdOfStep());
    rollouts.note(plan.rolloutId(), RolloutState.PROGRESSING, step, heldUntil, because);
  }

  /** Looks once, when it is time to. Whether the step has been held and found good. */
  private boolean isPassed() {
    if (!awaitNextLook()) {
      return false;
    }
    boolean isLast = pausedSince == null && !now().isBefore(heldUntil);
    RolloutAnalysis analysis = look();
    if (analysis == null || end != null) {
      return false;
    }
    if (analysis.verdict() == Verdict.FAILURE) {
      takeBack(RolloutState.ROLLED_BACK, said(analysis, Verdict.FAILURE));
    } else if (isLast && pausedSince == null && analysis.verdict() == Verdict.INCONCLUSIVE) {
      pause("Inconclusive, so a person is asked. " + said(analysis, Verdict.INCONCLUSIVE));
    }
    return isLast && pausedSince == null && end == null && analysis.verdict() == Verdict.SUCCESS;
  }

  /** Whether the time for it has come; it has not where somebody wants something first. */
  private boolean awaitNextLook() {
    Instant next = now().plus(pauseBetweenLooks());
    if (pausedSince == null && next.isAfter(heldUntil)) {
      next = heldUntil;
    }
    while (true) {
      Duration left = Duration.between(now(), next);
      if (left.isNegative() || left.isZero()) {
        return true;
      }
      Instant began = since;
      Instant paused = pausedSince;
      if (Workflow.await(left, this::isAsked)) {
        obey();
      }
      if (end != null || !began.equals(since) || !Objects.equals(paused, pausedSince)) {
        return false;
      }
    }
  }

  private Duration pauseBetweenLooks() {
    Duration pause = holdOfStep().dividedBy(LOOKS_OF_A_HOLD);
    if (pausedSince != null) {
      Duration growing = Duration.between(pausedSince, now()).dividedBy(LOOKS_OF_A_HOLD);
      pause = longer(pause, shorter(growing, LONGEST_PAUSE));
    }
    return longer(pause, SHORTEST_PAUSE);
  }

  /**
   * What can be known now; null where a person has made it pointless meanwhile. People are heard
   * while it is under way, since nobody may be there to carry it out.
   */
  private @Nullable RolloutAnalysis look() {
    Instant began = since;
    int number = ++looks;
    CompletablePromise<RolloutAnalysis> analysis = Workflow.newPromise();
    CancellationScope scope =
        Workflow.newCancellationScope(() -> analysis.completeFrom(analyse(number, began)));
    scope.run();
    while (!analysis.isCompleted()) {
      Workflow.await(() -> analysis.isCompleted() || isAsked());
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
      return new RolloutAnalysis(Verdict.INCONCLUSIVE, List.of());
    }
  }

  private Promise<RolloutAnalysis> analyse(int number, Instant began) {
    return Async.function(analyses::analyse, plan, step, number, began);
  }

  private boolean isAsked() {
    return !controls.isEmpty() || isDoubted;
  }

  /** Does what people have asked for since it was last called, and learns what has happened. */
  private void obey() {
    if (isDoubted && end == null) {
      isDoubted = false;
      learn();
    }
    while (end == null && !controls.isEmpty()) {
      RolloutControl control = rollouts.control(plan.rolloutId(), controls.remove());
      if (control != null) {
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
          hold(wish);
          rollouts.settle(
              control.id(), true, "%d %% is held anew, and judged anew.".formatted(weight));
        }
      }
      case PROMOTE -> answer(control, promote(wish));
      case ABORT -> answer(control, takeBack(RolloutState.ABORTED, wish));
    }
  }

  private void answer(RolloutControl control, boolean isTaken) {
    rollouts.settle(
        control.id(), isTaken, "It ended %s.".formatted(Words.of(Objects.requireNonNull(end))));
  }

  private void pause(String because) {
    pausedSince = now();
    rollouts.note(plan.rolloutId(), RolloutState.PAUSED, step, null, because);
  }

  /** Whether all traffic is with the new version now. */
  private boolean promote(String reason) {
    if (!isInForce(rollouts.promote(plan.rolloutId(), ++sequence, reason))) {
      return false;
    }
    finish(RolloutState.PROMOTED, reason);
    return true;
  }

  /** Whether it was this that put all traffic back. */
  private boolean takeBack(RolloutState state, String because) {
    if (weight > 0) {
      RolloutShift shift = rollouts.shiftTo(plan.rolloutId(), ++sequence, step, 0, because);
      if (shift instanceof RolloutShift.Over over) {
        overtakenBy(over);
        return false;
      }
      if (shift instanceof RolloutShift.Shifted shifted) {
        gateways.awaitAcknowledged(plan.model(), shifted.epoch());
      }
    }
    finish(state, because);
    return true;
  }

  private boolean isInForce(RolloutShift shift) {
    if (shift instanceof RolloutShift.Shifted shifted) {
      gateways.awaitAcknowledged(plan.model(), shifted.epoch());
      return true;
    }
    if (shift instanceof RolloutShift.Refused refused) {
      takeBack(RolloutState.REFUSED, refused.reason());
    } else if (shift instanceof RolloutShift.Over over) {
      overtakenBy(over);
    }
    return false;
  }

  private void overtakenBy(RolloutShift.Over over) {
    gateways.awaitAcknowledged(plan.model(), over.epoch());
    end = over.state();
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
    CommandOutcome outcome = routing.settled(plan.commandId());
    if (outcome != null) {
      settlement.settle(plan.commandId(), outcome);
    }
    tellModel();
    refuseLateControls();
  }

  private void refuseLateControls() {
    while (!controls.isEmpty()) {
      long id = controls.remove();
      if (rollouts.control(plan.rolloutId(), id) != null) {
        rollouts.settle(
            id,
            false,
            "The rollout is over: it ended %s.".formatted(Words.of(Objects.requireNonNull(end))));
      }
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

  private Duration holdOfStep() {
    Duration hold = plan.steps().get(step).hold();
    return hold == null ? SHORTEST_PAUSE : longer(hold, SHORTEST_PAUSE);
  }

  private static String said(RolloutAnalysis analysis, Verdict verdict) {
    return analysis.findings().stream()
        .filter(finding -> finding.verdict() == verdict)
        .map(Finding::detail)
        .collect(Collectors.joining(" "));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
