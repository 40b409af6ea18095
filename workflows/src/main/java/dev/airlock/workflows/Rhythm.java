package dev.airlock.workflows;

import java.time.Duration;
import java.util.Objects;

/**
 * How often a rollout looks: about {@value #LOOKS_OF_A_HOLD} times a hold, at least each hour, at
 * most each second. Holds of many weeks are looked at more seldom, about {@value #LOOKS_IN_ALL}
 * times in all, since each look costs some of the workflow's history; so are long waits for a
 * person or for gateways, the longer the more seldom.
 */
final class Rhythm {

  private static final int LOOKS_OF_A_HOLD = 10;
  private static final int LOOKS_IN_ALL = 1_000;
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE_OF_A_HOLD = Duration.ofHours(1);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(6);

  private final RolloutPlan plan;
  private final Duration share;

  Rhythm(RolloutPlan plan) {
    this.plan = plan;
    this.share =
        plan.steps().stream()
            .map(RolloutPlan.Step::hold)
            .filter(Objects::nonNull)
            .reduce(Duration.ZERO, Duration::plus)
            .dividedBy(LOOKS_IN_ALL);
  }

  /** How long a step is held, from 0. */
  Duration hold(int step) {
    Duration hold = plan.steps().get(step).hold();
    return hold == null ? SHORTEST_PAUSE : longer(hold, SHORTEST_PAUSE);
  }

  /** Between two looks at a step that is held. */
  Duration pause(int step) {
    Duration pause = shorter(hold(step).dividedBy(LOOKS_OF_A_HOLD), LONGEST_PAUSE_OF_A_HOLD);
    return longer(longer(pause, share), SHORTEST_PAUSE);
  }

  /** Between two looks at a step whose hold has waited so long for something. */
  Duration pauseAfter(int step, Duration waited) {
    return longer(pause(step), pauseAfter(waited));
  }

  /** Between two tries of what has waited so long for something. */
  static Duration pauseAfter(Duration waited) {
    return longer(SHORTEST_PAUSE, shorter(waited.dividedBy(LOOKS_OF_A_HOLD), LONGEST_PAUSE));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
