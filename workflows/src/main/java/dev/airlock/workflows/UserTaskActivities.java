package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;

/**
 * Tasks of one's own, called in the class loader of the run's code. On {@link TaskQueues#tasks}, or
 * local for short ones.
 */
@ActivityInterface
public interface UserTaskActivities {

  /**
   * Calls the method that the stage names.
   *
   * @return a {@link StageOutput.TaskResult}, or a {@link StageOutput.StoredResult} where that
   *     would be long
   */
  StageOutput call(StageTask task);

  /** The same as a local activity, for tasks marked short. */
  StageOutput callShort(StageTask task);
}
