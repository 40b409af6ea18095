package dev.airlock.workflows;

import dev.airlock.workflows.RolloutAnalysis.Verdict;
import dev.airlock.workflows.RolloutPlan.Step;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.TemporalException;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Shifts, holds, looks, and goes on or back. What it decides is in PostgreSQL before it takes
 * effect, under a sequence of its own, so that a repeated activity decides nothing twice.
 */
final class RolloutWorkflowImpl implements RolloutWorkflow {

  private static final int LOOKS_OF_A_HOLD = 10;
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private static final ActivityOptions ANALYSIS =
      Outage.PATIENT.toBuilder()
          .setTaskQueue(TaskQueues.MONITORS)
          .setStartToCloseTimeout(Duration.ofMinutes(2))
          .setHeartbeatTimeout(StageActivities.LONGEST_SILENCE)
          .build();

  private final Logger log = Workflow.getLogger(RolloutWorkflowImpl.class);
  private final RolloutActivities rows =
      Workflow.newActivityStub(RolloutActivities.class, Outage.PATIENT);
  private final AnalysisActivities analysis =
      Workflow.newActivityStub(AnalysisActivities.class, ANALYSIS);
  private final RoutingActivities routing =
      Workflow.newActivityStub(RoutingActivities.class, Outage.PATIENT);
  private final RoutingActivities gateways =
      Workflow.newActivityStub(RoutingActivities.class, ModelWorkflowImpl.UNTIL_ACKNOWLEDGED);

  private final RolloutPlan plan;
  private final Queue<Long> controls = new ArrayDeque<>();
  private final Set<Long> known = new HashSet<>();
  private int sequence;
  private int looks;

  RolloutWorkflowImpl(RolloutPlan plan) {
    this.plan = plan;
  }

  @Override
  public RolloutState run(RolloutPlan samePlan) {
    return Objects.requireNonNull(Detached.call(this::goTheWay));
  }

  @Override
  public void control(long controlId) {
    if (known.add(controlId)) {
      controls.add(controlId);
    }
  }

  private RolloutState goTheWay() {
    Ending ending = null;
    for (int step = 0; ending == null; step++) {
      ending =
          plan.steps().get(step).hold() == null
              ? promote("Every step was good.")
              : shiftAndHold(step);
    }
    refuseControls(ending);
    report();
    return ending.state();
  }

  private @Nullable Ending shiftAndHold(int step) {
    Step now = plan.steps().get(step);
    RolloutShift shift =
        rows.shiftTo(
            plan.rolloutId(),
            ++sequence,
            step,
            now.weight(),
            step == 0 ? "The first step." : "The step before was good.");
    if (!(shift instanceof RolloutShift.Shifted shifted)) {
      return endedBy(shift, step);
    }
    gateways.awaitAcknowledged(plan.model(), shifted.epoch());
    Held held = Held.anew();
    while (held.again()) {
      held = hold(step, Objects.requireNonNull(now.hold()));
    }
    return held.ending();
  }

  /** Holds the step once, until it has been found good, or ends the rollout, or is held anew. */
  private Held hold(int step, Duration length) {
    Instant since = now();
    Instant until = since.plus(length);
    note(RolloutState.PROGRESSING, step, until, "");
    Duration usual = atLeast(SHORTEST_PAUSE, length.dividedBy(LOOKS_OF_A_HOLD));
    Duration pause = usual;
    boolean isPaused = false;
    while (true) {
      Workflow.await(isPaused ? pause : earlier(pause, until), () -> !controls.isEmpty());
      for (Long next = controls.poll(); next != null; next = controls.poll()) {
        RolloutControl wish = rows.control(plan.rolloutId(), next);
        if (wish == null) {
          continue;
        }
        switch (wish.kind()) {
          case PROMOTE -> {
            rows.settle(wish.id(), true, "All traffic goes to version " + plan.version() + ".");
            return Held.ended(promote(said(wish)));
          }
          case ABORT -> {
            rows.settle(wish.id(), true, "All traffic goes to version " + plan.champion() + ".");
            return Held.ended(takeBack(step, RolloutState.ABORTED, said(wish)));
          }
          case PAUSE -> {
            rows.settle(wish.id(), true, "It stays at " + weight(step) + " %.");
            isPaused = true;
            pause = usual;
            note(RolloutState.PAUSED, step, null, said(wish));
          }
          case RESUME -> {
            if (isPaused) {
              rows.settle(wish.id(), true, "The step is held once more.");
              return Held.anew();
            }
            rows.settle(wish.id(), false, "It is not paused.");
          }
        }
      }
      RolloutAnalysis seen = analysis.analyse(plan, step, ++looks, since);
      if (seen.verdict() == Verdict.FAILURE) {
        return Held.ended(takeBack(step, RolloutState.ROLLED_BACK, why(seen, Verdict.FAILURE)));
      }
      if (isPaused) {
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      } else if (!now().isBefore(until)) {
        if (seen.verdict() == Verdict.SUCCESS) {
          return Held.good();
        }
        isPaused = true;
        note(RolloutState.PAUSED, step, null, "Inconclusive. " + why(seen, Verdict.INCONCLUSIVE));
      }
    }
  }

  private Ending promote(String reason) {
    int last = plan.steps().size() - 1;
    RolloutShift shift = rows.promote(plan.rolloutId(), ++sequence, reason);
    if (!(shift instanceof RolloutShift.Shifted shifted)) {
      return endedBy(shift, last);
    }
    gateways.awaitAcknowledged(plan.model(), shifted.epoch());
    rows.end(plan.rolloutId(), RolloutState.PROMOTED, reason);
    return new Ending(RolloutState.PROMOTED, reason);
  }

  private Ending endedBy(RolloutShift shift, int step) {
    if (shift instanceof RolloutShift.Refused refused) {
      return takeBack(step, RolloutState.REFUSED, refused.reason());
    }
    RolloutShift.Over over = (RolloutShift.Over) shift;
    gateways.awaitAcknowledged(plan.model(), over.epoch());
    return new Ending(over.state(), over.reason());
  }

  private Ending takeBack(int step, RolloutState state, String reason) {
    RolloutShift shift = rows.shiftTo(plan.rolloutId(), ++sequence, step, 0, reason);
    if (shift instanceof RolloutShift.Over over) {
      gateways.awaitAcknowledged(plan.model(), over.epoch());
      return new Ending(over.state(), over.reason());
    }
    if (shift instanceof RolloutShift.Shifted shifted) {
      gateways.awaitAcknowledged(plan.model(), shifted.epoch());
    }
    rows.end(plan.rolloutId(), state, reason);
    return new Ending(state, reason);
  }

  private void refuseControls(Ending ending) {
    for (Long next = controls.poll(); next != null; next = controls.poll()) {
      RolloutControl wish = rows.control(plan.rolloutId(), next);
      if (wish != null) {
        rows.settle(wish.id(), false, "The rollout is over: " + ending.reason());
      }
    }
  }

  /** Where the model's workflow is gone, the run that waits is answered from here. */
  private void report() {
    try {
      Workflow.newExternalWorkflowStub(ModelWorkflow.class, RunIds.modelWorkflowId(plan.model()))
          .rolloutEnded(plan.commandId());
    } catch (TemporalException gone) {
      log.info("The workflow of {} is gone; rollout {} answers.", plan.model(), plan.rolloutId());
      answer();
    }
  }

  private void answer() {
    CommandOutcome outcome = routing.settled(plan.commandId());
    if (outcome == null) {
      return;
    }
    Long waitingRun = routing.finish(plan.commandId(), outcome);
    if (waitingRun != null) {
      Told.run(waitingRun, plan.commandId());
    }
  }

  private void note(RolloutState state, int step, @Nullable Instant until, String because) {
    rows.note(plan.rolloutId(), state, step, until, because);
  }

  private int weight(int step) {
    return plan.steps().get(step).weight();
  }

  private static String said(RolloutControl wish) {
    return wish.reason().isBlank() ? "By " + wish.by() + "." : wish.by() + ": " + wish.reason();
  }

  private static String why(RolloutAnalysis seen, Verdict verdict) {
    return seen.findings().stream()
        .filter(finding -> finding.verdict() == verdict)
        .map(RolloutAnalysis.Finding::detail)
        .collect(Collectors.joining(" "));
  }

  private static Duration earlier(Duration pause, Instant until) {
    Duration left = Duration.between(now(), until);
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(pause) < 0 ? left : pause;
  }

  private static Duration atLeast(Duration least, Duration duration) {
    return duration.compareTo(least) < 0 ? least : duration;
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }

  private record Ending(RolloutState state, String reason) {}

  /** How a hold came out: good, to be held again, or the end of the rollout. */
  private record Held(boolean again, @Nullable Ending ending) {

    static Held good() {
      return new Held(false, null);
    }

    static Held anew() {
      return new Held(true, null);
    }

    static Held ended(Ending ending) {
      return new Held(false, ending);
    }
  }
}
