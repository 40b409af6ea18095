package dev.airlock.workflows;

import dev.airlock.dsl.graph.Condition;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a rollout needs to know; it never asks again.
 *
 * @param rolloutId the row it belongs to
 * @param commandId the command that asked for it
 * @param version the version that is to take over
 * @param champion the version that all traffic goes back to
 * @param steps rising weights; the last is 100
 * @param promoteWhile what must hold at each step
 */
public record RolloutPlan(
    long rolloutId,
    long commandId,
    String model,
    int version,
    int champion,
    List<Step> steps,
    List<Condition> promoteWhile) {

  public RolloutPlan {
    steps = List.copyOf(steps);
    promoteWhile = List.copyOf(promoteWhile);
  }

  /** A weight in percent, and how long it is held; null in the last step. */
  public record Step(int weight, @Nullable Duration hold) {}
}
