package dev.airlock.web.ui;

import dev.airlock.store.Approvals;
import dev.airlock.store.Decision;
import dev.airlock.store.LiveRoute;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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

  /** Who let in what is live, by the approvals' ids. */
  static Map<Long, List<String>> approvers(Approvals approvals, Collection<LiveRoute> live) {
    return approvals.approving(live.stream().map(LiveRoute::approvalId).toList()).stream()
        .collect(
            Collectors.groupingBy(
                Decision::approvalId, Collectors.mapping(Decision::person, Collectors.toList())));
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
