package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;
import org.jspecify.annotations.Nullable;

/** How a run asks its model's workflow for traffic. On {@link TaskQueues#CONTROL}. */
@ActivityInterface
public interface DeploymentActivities {

  /**
   * Writes the command to deploy the approved version, and has it carried to the {@link
   * ModelWorkflow}. Idempotent under (run, stage).
   *
   * @return the command's id
   */
  long request(StageTask task);

  /** What became of the command; null as long as it is under way. */
  @Nullable CommandOutcome outcome(long commandId);
}
