package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;
import org.jspecify.annotations.Nullable;

/** How a run has another pipeline run. On {@link TaskQueues#CONTROL}. */
@ActivityInterface
public interface SubRunActivities {

  /**
   * Writes down a run of the pipeline that the stage names, and has it carried to Temporal.
   * Idempotent under (run, stage).
   *
   * @return that run's id
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#BAD_PIPELINE} where there is
   *     no such pipeline, it does not take these params, or it would run itself
   */
  long requestRun(StageTask task);

  /** How the run ended; null as long as it goes on. */
  @Nullable SubRunEnd endOfRun(long runId);

  /** Asks for the run's cancellation, if it still goes on. Idempotent. */
  void cancelRun(long runId, long becauseOf);
}
