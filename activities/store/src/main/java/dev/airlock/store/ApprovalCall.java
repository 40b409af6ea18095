package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that people are to be told of an approval.
 *
 * @param dueAt when it falls due
 * @param raisedAt when it came to pass; null while it lies ahead, or where the end came first
 * @param settledAt since when nothing more will come of it; null while it is to be told
 */
public record ApprovalCall(
    long id,
    long approvalId,
    Kind kind,
    Instant dueAt,
    @Nullable Instant raisedAt,
    @Nullable Instant settledAt) {

  /** What it is about. */
  public enum Kind {
    /** It has opened. */
    ASKED,
    /** It is still open. */
    REMINDER,
    /** Others may vote as well from now on. */
    ESCALATED,
    /** The evidence has changed, and votes have fallen. */
    RENEWED,
    /** It is closed. */
    DECIDED
  }
}
