package dev.airlock.workflows;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an approval stands.
 *
 * @param votes the people who approved, in the order of their votes
 * @param because the reason of whoever rejected it, or why it ended; empty while it is open
 * @param rejectedBy who rejected it; null unless it is {@link State#REJECTED}
 */
public record ApprovalStanding(
    long approvalId,
    State state,
    List<String> votes,
    int quorum,
    String because,
    @Nullable String rejectedBy) {

  public ApprovalStanding {
    votes = List.copyOf(votes);
  }

  /** How an approval stands that nobody has rejected. */
  public ApprovalStanding(
      long approvalId, State state, List<String> votes, int quorum, String because) {
    this(approvalId, state, votes, quorum, because, null);
  }

  /** The states of an approval. */
  public enum State {
    OPEN,
    APPROVED,
    REJECTED,
    EXPIRED,
    WITHDRAWN
  }
}
