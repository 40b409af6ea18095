package dev.airlock.web.ui;

import dev.airlock.store.Approvals;
import dev.airlock.store.Decision;
import dev.airlock.store.LiveRoute;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
      String fate,
      @Nullable String withdrawLink) {}

  /** Everyone whose yes counts. */
  static List<String> approvers(Approvals approvals, long approvalId) {
    return approvals.standingVoters(approvalId);
  }

  /** Who let in what is live, by the approvals' ids. */
  static Map<Long, List<String>> approvers(Approvals approvals, Collection<LiveRoute> live) {
    return approvals.approving(live.stream().map(LiveRoute::approvalId).toList()).stream()
        .collect(
            Collectors.groupingBy(
                Decision::approvalId, Collectors.mapping(Decision::person, Collectors.toList())));
  }

  /**
   * One decision.
   *
   * @param fallen why those that no longer count do not, by their ids
   * @param viewer whoever looks, where they may take their vote back; null where nobody may
   */
  static Vote say(
      Decision decision, Map<Long, String> fallen, @Nullable String viewer, Instant now) {
    boolean isYes = decision.verdict() == Decision.Verdict.APPROVE;
    boolean isOwn = decision.person().equals(viewer) && decision.stands();
    return new Vote(
        decision.person(),
        isYes ? "approved" : "rejected",
        isYes ? "better" : "worse",
        decision.decidedAt(),
        Words.ago(decision.decidedAt(), now),
        decision.reason(),
        (decision.policyId() == null ? "" : "by policy " + decision.policyId() + " · ")
            + fate(decision, fallen.get(decision.id())),
        isOwn
            ? "/approvals/%d/decisions/%d/withdraw".formatted(decision.approvalId(), decision.id())
            : null);
  }

  private static String fate(Decision decision, @Nullable String because) {
    if (decision.withdrawnAt() != null) {
      return "withdrawn by %s: %s".formatted(decision.withdrawnBy(), decision.withdrawnBecause());
    }
    if (decision.outcome() == null) {
      return "recorded, taking effect";
    }
    if (decision.outcome() == Decision.Outcome.REFUSED) {
      return "does not count: " + decision.outcomeReason();
    }
    return because == null ? "counts" : "fallen: it no longer counts. " + because;
  }
}
