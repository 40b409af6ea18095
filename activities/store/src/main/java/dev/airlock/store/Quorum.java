package dev.airlock.store;

import dev.airlock.workflows.ApprovalStanding.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Whether as many may vote as must. Where they may not, an alert says so until it is closed. */
final class Quorum {

  private Quorum() {}

  /** Looks at an approval that has just been opened. */
  static void check(Handle handle, Approval approval) {
    List<String> voters = handle.attach(Approvals.class).voters(approval.id());
    if (voters.size() >= approval.quorum()) {
      return;
    }
    handle
        .attach(Alerts.class)
        .open(
            new Alerts.NewAlert(
                null,
                null,
                null,
                approval.runId(),
                cause(approval.id()),
                "open-ticket",
                "Approval %d of %s v%d can't be given: it needs %d votes, and %s."
                    .formatted(
                        approval.id(),
                        approval.model(),
                        approval.version(),
                        approval.quorum(),
                        mayVote(approval, voters)),
                Map.of(),
                approval.openedAt()));
  }

  private static String mayVote(Approval approval, List<String> voters) {
    String who = " of those who are asked (" + approval.everyoneAsked() + ") may vote";
    return voters.isEmpty() ? "nobody" + who : "only " + String.join(" and ", voters) + who;
  }

  /** It is closed: nothing is missing any more. */
  static void settle(Handle handle, long approvalId, State state) {
    handle
        .attach(Alerts.class)
        .recover(cause(approvalId), Instant.now(), "The approval is " + Words.of(state) + ".");
  }

  private static String cause(long approvalId) {
    return "quorum/" + approvalId;
  }
}
