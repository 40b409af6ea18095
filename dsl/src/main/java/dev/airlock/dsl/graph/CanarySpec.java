package dev.airlock.dsl.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a new version takes over step by step.
 *
 * @param steps rising weights; the last is 100 and has no hold
 * @param promoteWhile what must hold at each step; where one does not, all traffic goes back
 */
public record CanarySpec(List<Step> steps, List<Condition> promoteWhile) {

  public CanarySpec {
    steps = List.copyOf(steps);
    promoteWhile = List.copyOf(promoteWhile);
  }

  /**
   * One step.
   *
   * @param weight the share of customers who meet the new version, in percent, 1 to 100
   * @param hold how long the step lasts before it is judged for the last time, an ISO 8601
   *     duration; null in the last step
   */
  public record Step(int weight, @Nullable Setting hold) {}
}
