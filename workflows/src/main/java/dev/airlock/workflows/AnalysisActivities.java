package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;
import java.time.Instant;

/** Looks at a rollout. On {@link TaskQueues#MONITORS}. */
@ActivityInterface
public interface AnalysisActivities {

  /**
   * Holds what has been seen of the new version since the step began against every condition, and
   * keeps the findings. Idempotent under (rollout, step, number).
   *
   * @param step from 0
   * @param number numbers the looks within the rollout, from 1
   * @param since when the step's weight was in force everywhere
   */
  RolloutAnalysis analyse(RolloutPlan plan, int step, int number, Instant since);
}
