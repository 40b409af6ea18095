package dev.airlock.store;

import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * What the gate has refused, and so has written nowhere but in the audit. What it has let pass is
 * recorded by the tables themselves.
 */
final class GateAudit {

  private static final String APPROVAL = "approval";
  private static final String REASON = "reason";
  private static final String REFUSED = "refused";

  private GateAudit() {}

  static void voteRefused(Handle handle, NewDecision wish, GateOutcome outcome) {
    Audit.record(
        handle,
        wish.acting()
            .did(AuditAction.REFUSE_DECISION, APPROVAL, wish.approvalId())
            .after(
                Map.of(
                    "verdict",
                    Words.of(wish.verdict()),
                    REASON,
                    wish.reason().strip(),
                    "digest",
                    wish.digest(),
                    REFUSED,
                    refusal(outcome))));
  }

  static void withdrawalRefused(
      Handle handle, Decision decision, Acting acting, GateOutcome outcome) {
    Audit.record(
        handle,
        acting
            .did(AuditAction.REFUSE_WITHDRAWAL, APPROVAL, decision.approvalId())
            .after(Map.of("decision", decision.id(), REFUSED, refusal(outcome))));
  }

  static void revocationRefused(
      Handle handle, long approvalId, Acting acting, String reason, GateOutcome outcome) {
    Audit.record(
        handle,
        acting
            .did(AuditAction.REFUSE_REVOCATION, APPROVAL, approvalId)
            .after(Map.of(REASON, reason.strip(), REFUSED, refusal(outcome))));
  }

  private static String refusal(GateOutcome outcome) {
    if (outcome instanceof GateOutcome.Forbidden forbidden) {
      return forbidden.reason();
    }
    if (outcome instanceof GateOutcome.Conflict conflict) {
      return conflict.reason();
    }
    if (outcome instanceof GateOutcome.Invalid invalid) {
      return invalid.reason();
    }
    throw new IllegalArgumentException("This was not refused: " + outcome);
  }
}
