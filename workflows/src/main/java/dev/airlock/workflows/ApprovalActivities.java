package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;
import java.time.Instant;

/**
 * The gate's rows. Idempotent; PostgreSQL decides, the workflow learns. On {@link
 * TaskQueues#CONTROL}.
 */
@ActivityInterface
public interface ApprovalActivities {

  /**
   * Opens the approval that an approval stage asks for. Idempotent under (run, stage).
   *
   * @param expiresAt when it counts as rejected
   * @return the approval's id
   */
  long open(StageTask task, Instant expiresAt);

  /**
   * Reads a decision's row again (person, role, who asked, what was looked at, quorum) and counts
   * it or refuses it. Idempotent under the decision's id.
   */
  DecisionOutcome count(long approvalId, long decisionId);

  /** Expires the approval unless it has been decided. Answers how it stands after that. */
  ApprovalStanding expire(long approvalId);

  /**
   * Withdraws the question, since the run was cancelled. Does nothing to an approval that has been
   * decided.
   */
  void withdraw(long approvalId);
}
