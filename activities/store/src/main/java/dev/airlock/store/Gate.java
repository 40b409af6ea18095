package dev.airlock.store;

import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.ApprovalStanding.State;
import dev.airlock.workflows.DecisionOutcome;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The laws of the gate, applied to rows that are locked by the caller's transaction. */
final class Gate {

  private Gate() {}

  static GateOutcome decide(Handle handle, NewDecision wish) {
    if (wish.reason().isBlank()) {
      return new GateOutcome.Invalid("A decision needs a reason.");
    }
    GateOutcome outcome = write(handle, wish);
    GateAudit.decided(handle, wish, outcome);
    return outcome;
  }

  private static GateOutcome write(Handle handle, NewDecision wish) {
    Approval approval = lock(handle, wish.approvalId());
    Optional<String> forbidden = notEntitled(handle, approval, wish.person());
    if (forbidden.isPresent()) {
      return new GateOutcome.Forbidden(forbidden.get());
    }
    Optional<String> conflict =
        notOpen(approval)
            .or(() -> expired(handle, approval))
            .or(() -> otherDigest(approval, wish.digest()))
            .or(() -> votedBefore(handle, approval, wish.person()));
    if (conflict.isPresent()) {
      return new GateOutcome.Conflict(conflict.get());
    }
    long id =
        handle
            .createQuery(
                """
                insert into decision (approval_id, person, verdict, reason, digest)
                values (:approval, :person, :verdict, :reason, :digest)
                returning id
                """)
            .bind("approval", approval.id())
            .bind("person", wish.person())
            .bind("verdict", wish.verdict())
            .bind("reason", wish.reason().strip())
            .bind("digest", wish.digest())
            .mapTo(Long.class)
            .one();
    Outbox.post(handle, OutboxKind.DECISION, id);
    return new GateOutcome.Recorded(id);
  }

  static GateOutcome revoke(Handle handle, long approvalId, Acting acting, String reason) {
    if (reason.isBlank()) {
      return new GateOutcome.Invalid("Revoking needs a reason.");
    }
    GateOutcome outcome = takeBack(handle, approvalId, acting.actor(), reason);
    GateAudit.revoked(handle, approvalId, acting, reason, outcome);
    return outcome;
  }

  private static GateOutcome takeBack(Handle handle, long approvalId, String by, String reason) {
    Approval approval = lock(handle, approvalId);
    if (!isEntitled(handle, by, approval.askedOf()) && !isEntitled(handle, by, "admin")) {
      return new GateOutcome.Forbidden(
          by + " may not revoke what " + approval.askedOf() + " decides.");
    }
    if (approval.state() != State.APPROVED || approval.revokedAt() != null) {
      return new GateOutcome.Conflict(
          "Approval " + approvalId + " is " + standingWord(approval) + ", not in force.");
    }
    handle
        .createUpdate(
            """
            update approval
            set revoked_at = clock_timestamp(), revoked_by = :by, revoked_because = :reason
            where id = :id
            """)
        .bind("id", approvalId)
        .bind("by", by)
        .bind("reason", reason.strip())
        .execute();
    return new GateOutcome.Recorded(approvalId);
  }

  /** Counts a decision or refuses it. A decision that was settled before stays as it is. */
  static DecisionOutcome count(Handle handle, long approvalId, long decisionId) {
    Optional<Decision> found =
        handle
            .attach(Approvals.class)
            .decision(decisionId)
            .filter(decision -> decision.approvalId() == approvalId);
    if (found.isEmpty()) {
      return new DecisionOutcome.Refused(
          "There is no decision " + decisionId + " on approval " + approvalId + ".");
    }
    Approval approval = lock(handle, approvalId);
    Decision decision = handle.attach(Approvals.class).decision(decisionId).orElseThrow();
    if (decision.outcome() == null) {
      settle(handle, approval, decision);
      decision = handle.attach(Approvals.class).decision(decisionId).orElseThrow();
    }
    return decision.outcome() == Decision.Outcome.COUNTED
        ? new DecisionOutcome.Counted(standing(handle, approvalId))
        : new DecisionOutcome.Refused(decision.outcomeReason());
  }

  /** Counts what was decided in time; what nobody decided expires. */
  static ApprovalStanding expire(Handle handle, long approvalId) {
    Approval approval = lock(handle, approvalId);
    for (Decision decision : handle.attach(Approvals.class).decisions(approvalId)) {
      if (decision.outcome() == null) {
        settle(handle, lock(handle, approvalId), decision);
      }
    }
    Acting run = Acting.workflow("run-" + approval.runId());
    String because = "Nobody decided before " + approval.expiresAt() + ".";
    close(handle, approvalId, State.EXPIRED, because, run);
    return standing(handle, approvalId);
  }

  static void withdraw(Handle handle, long approvalId) {
    Acting run = Acting.workflow("run-" + lock(handle, approvalId).runId());
    close(handle, approvalId, State.WITHDRAWN, "The run was cancelled.", run);
  }

  /** Refuses a decision that can't reach its run any more. */
  static void refuse(Handle handle, long decisionId, String reason) {
    if (settleAs(handle, decisionId, Decision.Outcome.REFUSED, reason)) {
      GateAudit.refused(
          handle, handle.attach(Approvals.class).decision(decisionId).orElseThrow(), reason);
    }
  }

  static ApprovalStanding standing(Handle handle, long approvalId) {
    Approvals approvals = handle.attach(Approvals.class);
    Approval approval = approvals.find(approvalId).orElseThrow();
    return new ApprovalStanding(
        approvalId,
        approval.state(),
        counted(approvals, approvalId, Decision.Verdict.APPROVE),
        approval.quorum(),
        approval.because(),
        counted(approvals, approvalId, Decision.Verdict.REJECT).stream().findFirst().orElse(null));
  }

  private static List<String> counted(
      Approvals approvals, long approvalId, Decision.Verdict verdict) {
    return approvals.decisions(approvalId).stream()
        .filter(decision -> decision.outcome() == Decision.Outcome.COUNTED)
        .filter(decision -> decision.verdict() == verdict)
        .map(Decision::person)
        .toList();
  }

  private static void settle(Handle handle, Approval approval, Decision decision) {
    Optional<String> objection =
        notEntitled(handle, approval, decision.person())
            .or(() -> notOpen(approval))
            .or(() -> otherDigest(approval, decision.digest()));
    if (objection.isPresent()) {
      refuse(handle, decision.id(), objection.get());
      return;
    }
    settleAs(handle, decision.id(), Decision.Outcome.COUNTED, "");
    Acting voter = Acting.within(decision.person(), Origin.Channel.WORKFLOW);
    if (decision.verdict() == Decision.Verdict.REJECT) {
      close(handle, approval.id(), State.REJECTED, decision.reason(), voter);
    } else if (standing(handle, approval.id()).votes().size() >= approval.quorum()) {
      close(handle, approval.id(), State.APPROVED, decision.reason(), voter);
    }
  }

  private static boolean settleAs(
      Handle handle, long decisionId, Decision.Outcome outcome, String reason) {
    return handle
            .createUpdate(
                """
            update decision
            set outcome = :outcome, outcome_reason = :reason, settled_at = clock_timestamp()
            where id = :id and outcome is null
            """)
            .bind("id", decisionId)
            .bind("outcome", outcome)
            .bind("reason", reason)
            .execute()
        == 1;
  }

  private static void close(
      Handle handle, long approvalId, State state, String because, Acting acting) {
    int closed =
        handle
            .createUpdate(
                """
            update approval set state = :state, because = :because, closed_at = clock_timestamp()
            where id = :id and state = 'open'
            """)
            .bind("id", approvalId)
            .bind("state", state)
            .bind("because", because)
            .execute();
    if (closed == 1) {
      GateAudit.closed(handle, approvalId, state, because, acting);
    }
  }

  private static Approval lock(Handle handle, long approvalId) {
    return handle
        .createQuery("select id from approval where id = :id for update")
        .bind("id", approvalId)
        .mapTo(Long.class)
        .findOne()
        .flatMap(id -> handle.attach(Approvals.class).find(id))
        .orElseThrow(() -> new UnknownEntityException("There is no approval " + approvalId + "."));
  }

  private static Optional<String> notEntitled(Handle handle, Approval approval, String person) {
    if (!isEntitled(handle, person, approval.askedOf())) {
      return Optional.of(
          "%s may not decide this: it takes an approver or admin who is %s, or one of them."
              .formatted(person, approval.askedOf()));
    }
    String asker = requestedBy(handle, approval.runId());
    if (person.equals(asker) || person.equals(approval.requestedBy())) {
      return Optional.of(
          person + " asked for run " + approval.runId() + ": somebody else must decide.");
    }
    return Optional.empty();
  }

  private static String requestedBy(Handle handle, long runId) {
    return handle
        .createQuery("select requested_by from run where id = :id")
        .bind("id", runId)
        .mapTo(String.class)
        .one();
  }

  private static boolean isEntitled(Handle handle, String person, String askedOf) {
    return handle.attach(Approvals.class).isEntitled(person, askedOf);
  }

  private static Optional<String> notOpen(Approval approval) {
    return approval.state() == State.OPEN
        ? Optional.empty()
        : Optional.of("Approval " + approval.id() + " is " + standingWord(approval) + " already.");
  }

  private static String standingWord(Approval approval) {
    return approval.revokedAt() != null ? "revoked" : Words.of(approval.state());
  }

  private static Optional<String> expired(Handle handle, Approval approval) {
    boolean isOver =
        handle
            .createQuery("select clock_timestamp() >= :expiry")
            .bind("expiry", approval.expiresAt())
            .mapTo(Boolean.class)
            .one();
    return isOver
        ? Optional.of("Approval " + approval.id() + " expired at " + approval.expiresAt() + ".")
        : Optional.empty();
  }

  private static Optional<String> otherDigest(Approval approval, String digest) {
    return approval.evidenceDigest().equals(digest)
        ? Optional.empty()
        : Optional.of(
            "What was looked at (%s) is not the evidence of approval %d (%s): look again."
                .formatted(digest, approval.id(), approval.evidenceDigest()));
  }

  private static Optional<String> votedBefore(Handle handle, Approval approval, String person) {
    return handle.attach(Approvals.class).decisions(approval.id()).stream()
        .filter(decision -> decision.outcome() != Decision.Outcome.REFUSED)
        .filter(decision -> decision.person().equals(person))
        .findFirst()
        .map(decision -> person + " has decided already, at " + decision.decidedAt() + ".");
  }
}
