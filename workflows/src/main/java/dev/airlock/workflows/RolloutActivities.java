package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a rollout, and its hand on the split; only {@link RolloutWorkflow} calls them. On
 * {@link TaskQueues#CONTROL}.
 */
@ActivityInterface
public interface RolloutActivities {

  /**
   * Puts the split at a weight, in one transaction that reads the approval once more wherever the
   * weight rises. It rises over nobody's head: where the oldest wish that is not settled yet, but
   * for one to go on, is to pause or abort, or where a rollback of the model is on its way, it
   * answers {@link RolloutShift.Asked}. Idempotent under (rollout, sequence).
   *
   * @param sequence numbers the shifts of the rollout, from 1
   * @param step the step that it belongs to, from 0
   * @param weight in percent; 0 takes all traffic back, for which no approval is needed
   */
  RolloutShift shiftTo(long rolloutId, int sequence, int step, int weight, String reason);

  /**
   * Makes the version live: all traffic, and the alias; over nobody's head, as {@link #shiftTo}.
   * Idempotent under the rollout's command.
   *
   * @param sequence numbers the shifts of the rollout
   */
  RolloutShift promote(long rolloutId, int sequence, String reason);

  /** Notes where the rollout stands. Idempotent; does nothing to one that is over. */
  void note(
      long rolloutId, RolloutState state, int step, @Nullable Instant heldUntil, String because);

  /** What people have asked of the rollout and got no answer to, in the order of their asking. */
  List<RolloutControl> unsettled(long rolloutId);

  /** Says what became of it. Idempotent: the first answer stays. */
  void settle(long controlId, boolean taken, String answer);

  /** Ends the rollout. Idempotent: the first end stays. */
  void end(long rolloutId, RolloutState state, String because);
}
