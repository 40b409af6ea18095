package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a person decided.
 *
 * @param digest what they looked at
 * @param outcome null until the run has taken it up
 * @param outcomeReason why it was refused; empty otherwise
 * @param policyId the policy that voted in the person's name; null where they voted themselves
 * @param withdrawnAt when it was taken back, while the approval was open; null where it was not
 * @param withdrawnBy the person, or whoever revoked the policy
 */
public record Decision(
    long id,
    long approvalId,
    String person,
    Verdict verdict,
    String reason,
    String digest,
    Instant decidedAt,
    @Nullable Outcome outcome,
    String outcomeReason,
    @Nullable Instant settledAt,
    @Nullable Long policyId,
    @Nullable Instant withdrawnAt,
    @Nullable String withdrawnBy,
    @Nullable String withdrawnBecause) {

  /** Whether it was neither refused nor taken back. */
  public boolean stands() {
    return outcome != Outcome.REFUSED && withdrawnAt == null;
  }

  /** Yes or no. */
  public enum Verdict {
    APPROVE,
    REJECT
  }

  /** What became of a decision. */
  public enum Outcome {
    COUNTED,
    REFUSED
  }
}
