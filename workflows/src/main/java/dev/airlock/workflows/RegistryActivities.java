package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;

/** The model registry. On {@link TaskQueues#CONTROL}. */
@ActivityInterface
public interface RegistryActivities {

  /**
   * Makes the judged candidate a version of its model. Idempotent under (run, stage): one version,
   * however often it runs.
   */
  StageOutput.RegisteredVersion register(StageTask task);
}
