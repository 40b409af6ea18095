package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a person decided.
 *
 * @param digest what they looked at
 * @param outcome null until the run has taken it up
 * @param outcomeReason why it was refused; empty otherwise
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
    @Nullable Instant settledAt) {

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
