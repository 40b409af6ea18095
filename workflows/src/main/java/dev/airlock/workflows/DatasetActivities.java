package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;

/**
 * Stages that make datasets. On {@link TaskQueues#SPARK}; they heartbeat, and a cancelled one stops
 * its Spark jobs.
 */
@ActivityInterface
public interface DatasetActivities {

  /**
   * Reads the source into a branch of the run's own. Idempotent: each attempt makes the branch anew
   * from main.
   */
  StageOutput.DatasetVersion ingest(StageTask task);

  /**
   * Checks the branch; publishes it when all expectations hold. Idempotent under the run and the
   * stage.
   */
  StageOutput.DatasetVersion validate(StageTask task);

  /** Runs the stage's SQL and publishes its result. Idempotent under the run and the stage. */
  StageOutput.DatasetVersion transform(StageTask task);
}
