package dev.airlock.store;

import dev.airlock.workflows.ApprovalStanding.State;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What the gate leaves in the audit: what it let pass, and what it refused. */
final class GateAudit {

  private static final String APPROVAL = "approval";
  private static final String REASON = "reason";
  private static final String STATE = "state";

  private GateAudit() {}

  /** A vote that was taken, or refused before it was written. */
  static void decided(Handle handle, NewDecision wish, GateOutcome outcome) {
    String refusal = refusal(outcome);
    AuditAction action = refusal == null ? AuditAction.DECIDE : AuditAction.REFUSE_DECISION;
    Map<String, Object> after =
        new TreeMap<>(
            Map.of(
                "verdict",
                Words.of(wish.verdict()),
                REASON,
                wish.reason().strip(),
                "digest",
                wish.digest()));
    if (outcome instanceof GateOutcome.Recorded recorded) {
      after.put("decision", recorded.id());
    }
    if (refusal != null) {
      after.put("refused", refusal);
    }
    Audit.record(handle, wish.acting().did(action, APPROVAL, wish.approvalId()).after(after));
  }

  private static @Nullable String refusal(GateOutcome outcome) {
    if (outcome instanceof GateOutcome.Forbidden forbidden) {
      return forbidden.reason();
    }
    if (outcome instanceof GateOutcome.Conflict conflict) {
      return conflict.reason();
    }
    return outcome instanceof GateOutcome.Invalid invalid ? invalid.reason() : null;
  }

  /** A vote that a policy gave in its signer's name. */
  static void votedByPolicy(
      Handle handle, Approval approval, ApprovalPolicy policy, long decision, String reason) {
    Audit.record(
        handle,
        new Acting(policy.signedBy(), Origin.within(Origin.Channel.POLICY, "policy " + policy.id()))
            .did(AuditAction.DECIDE, APPROVAL, approval.id())
            .after(
                Map.of(
                    "verdict",
                    Words.of(Decision.Verdict.APPROVE),
                    REASON,
                    reason,
                    "digest",
                    approval.digest(),
                    "decision",
                    decision,
                    "policy",
                    policy.id())));
  }

  static void withdrawn(Handle handle, Decision decision, Acting acting, String reason) {
    Audit.record(
        handle,
        acting
            .did(AuditAction.WITHDRAW_VOTE, APPROVAL, decision.approvalId())
            .before(
                Map.of(
                    "decision", decision.id(),
                    "person", decision.person(),
                    "verdict", Words.of(decision.verdict())))
            .after(Map.of(REASON, reason.strip())));
  }

  static void withdrawalRefused(
      Handle handle, Decision decision, Acting acting, GateOutcome outcome) {
    Audit.record(
        handle,
        acting
            .did(AuditAction.REFUSE_WITHDRAWAL, APPROVAL, decision.approvalId())
            .after(Map.of("decision", decision.id(), "refused", String.valueOf(refusal(outcome)))));
  }

  /** A vote that was written and then did not count. */
  static void refused(Handle handle, Decision decision, String reason) {
    Audit.record(
        handle,
        Acting.within(decision.person(), Origin.Channel.WORKFLOW)
            .did(AuditAction.REFUSE_DECISION, APPROVAL, decision.approvalId())
            .after(Map.of("decision", decision.id(), "refused", reason)));
  }

  static void revoked(
      Handle handle, long approvalId, Acting acting, String reason, GateOutcome outcome) {
    String refusal = refusal(outcome);
    Audit.record(
        handle,
        refusal == null
            ? acting
                .did(AuditAction.REVOKE_APPROVAL, APPROVAL, approvalId)
                .before(Map.of(STATE, "approved"))
                .after(Map.of(STATE, "revoked", REASON, reason.strip()))
            : acting
                .did(AuditAction.REFUSE_REVOCATION, APPROVAL, approvalId)
                .after(Map.of(REASON, reason.strip(), "refused", refusal)));
  }

  static void opened(Handle handle, Approval approval) {
    Audit.record(
        handle,
        Acting.within(approval.requestedBy(), Origin.Channel.WORKFLOW)
            .did(AuditAction.OPEN_APPROVAL, APPROVAL, approval.id())
            .after(
                Map.of(
                    "run", approval.runId(),
                    "model", approval.model(),
                    "version", approval.version(),
                    "askedOf", approval.everyoneAsked(),
                    "quorum", approval.quorum(),
                    "digest", approval.digest())));
  }

  static void closed(Handle handle, long approvalId, State state, String because, Acting acting) {
    Audit.record(
        handle,
        acting
            .did(AuditAction.CLOSE_APPROVAL, APPROVAL, approvalId)
            .before(Map.of(STATE, "open"))
            .after(Map.of(STATE, Words.of(state), REASON, because)));
  }
}
