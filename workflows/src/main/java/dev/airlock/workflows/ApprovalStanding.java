package dev.airlock.workflows;

import java.util.List;

/**
 * How an approval stands.
 *
 * @param votes the people who approved, in the order of their votes
 * @param because the reason of whoever rejected it, or why it ended; empty while it is open
 */
public record ApprovalStanding(
    long approvalId, State state, List<String> votes, int quorum, String because) {

  public ApprovalStanding {
    votes = List.copyOf(votes);
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
