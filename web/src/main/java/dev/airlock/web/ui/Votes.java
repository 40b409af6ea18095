package dev.airlock.web.ui;

import dev.airlock.store.Approvals;
import dev.airlock.store.Decision;
import java.time.Instant;
import java.util.List;

/** Says who decided what. */
public final class Votes {
  private Votes() {}

  /**
   * A decision, in words.
   *
   * @param tone the class that colours it
   */
  public record Vote(
      String person,
      String verdict,
      String tone,
      Instant at,
      String ago,
      String reason,
      String fate) {}

  /** Everyone whose yes counted. */
  static List<String> approvers(Approvals approvals, long approvalId) {
    return approvals.decisions(approvalId).stream()
        .filter(Votes::isYes)
        .map(Decision::person)
        .toList();
  }

  static boolean isYes(Decision decision) {
    return decision.outcome() == Decision.Outcome.COUNTED
        && decision.verdict() == Decision.Verdict.APPROVE;
  }

  static Vote say(Decision decision, Instant now) {
    boolean isYes = decision.verdict() == Decision.Verdict.APPROVE;
    Decision.Outcome outcome = decision.outcome();
    String fate =
        outcome == null
            ? "recorded, taking effect"
            : outcome == Decision.Outcome.REFUSED
                ? "does not count: " + decision.outcomeReason()
                : "";
    return new Vote(
        decision.person(),
        isYes ? "approved" : "rejected",
        isYes ? "better" : "worse",
        decision.decidedAt(),
        Words.ago(decision.decidedAt(), now),
        decision.reason(),
        fate);
  }
}
