package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;
import org.jspecify.annotations.Nullable;

/**
 * The only hands on a model's alias and traffic; only {@link ModelWorkflow} and, for its own
 * command, {@link RolloutWorkflow} call them. On {@link TaskQueues#CONTROL}.
 */
@ActivityInterface
public interface RoutingActivities {

  /**
   * Carries out a command: moves the alias and all traffic, in one transaction that reads the
   * approval once more; or begins the rollout that it asks for, where something is live. Idempotent
   * under the command's id: carried out once, however often it runs.
   */
  CommandOutcome shift(long commandId);

  /**
   * Returns once every gateway with a live lease has acknowledged this epoch of the model.
   * Heartbeats.
   */
  void awaitAcknowledged(String model, long epoch);

  /** What became of the rollout that a command began; null as long as it is under way. */
  @Nullable CommandOutcome settled(long commandId);

  /**
   * Writes down the command's outcome. Idempotent under the command's id.
   *
   * @return the run that waits for it, or null
   */
  @Nullable Long finish(long commandId, CommandOutcome outcome);
}
