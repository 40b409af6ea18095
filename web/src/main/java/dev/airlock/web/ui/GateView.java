package dev.airlock.web.ui;

import dev.airlock.store.Approval;
import dev.airlock.store.ApprovalCall;
import dev.airlock.store.Approvals;
import dev.airlock.store.EvidenceRevision;
import dev.airlock.store.PolicyLook;
import dev.airlock.workflows.ApprovalStanding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Who may vote on an approval, by when others may, what policies made of it, and what has changed
 * while it was open.
 *
 * @param warning that it can't be given, or used, as things are; empty where it can
 * @param voters "3 people may vote: ada, bob and carol."; empty once it is closed
 * @param later what falls due next, a sentence each
 * @param changes of what is to be looked at; empty where nothing has changed
 * @param looks what each policy made of it
 */
public record GateView(
    String warning, String voters, List<Timed> later, List<Change> changes, List<Look> looks) {

  /** A new revision of the evidence. */
  public record Change(int revision, String because, Instant at, String ago) {}

  /** What a policy made of it. */
  public record Look(long policy, String verdict, String tone, String because) {}

  static GateView of(Approvals approvals, Approval approval, Instant now) {
    boolean isOpen = approval.state() == ApprovalStanding.State.OPEN;
    List<String> voters = isOpen ? approvals.voters(approval.id()) : List.of();
    return new GateView(
        isOpen && voters.size() < approval.quorum()
            ? "It takes %d votes, and only %d may vote: nobody can give it as things are. Somebody must join %s, or it expires."
                .formatted(approval.quorum(), voters.size(), approval.everyoneAsked())
            : overtaken(approvals, approval),
        isOpen ? voters(voters) : "",
        isOpen ? later(approvals.calls(approval.id()), approval, now) : List.of(),
        approvals.revisions(approval.id()).stream()
            .filter(revision -> revision.revision() > 1)
            .map(revision -> change(revision, now))
            .toList(),
        approvals.looks(approval.id()).stream().map(GateView::look).toList());
  }

  /** Given, but of no use any more. */
  private static String overtaken(Approvals approvals, Approval approval) {
    boolean isInForce =
        approval.state() == ApprovalStanding.State.APPROVED && approval.revokedAt() == null;
    return isInForce
        ? approvals
            .championObjection(approval.id())
            .map(because -> "It lets nothing pass any more. " + because)
            .orElse("")
        : "";
  }

  private static String voters(List<String> voters) {
    return voters.isEmpty()
        ? "Nobody may vote."
        : "%s may vote: %s."
            .formatted(Words.counted(voters.size(), "person", "people"), String.join(", ", voters));
  }

  private static List<Timed> later(List<ApprovalCall> calls, Approval approval, Instant now) {
    List<Timed> later = new ArrayList<>();
    if (approval.escalatedTo() != null && approval.escalatedAt() != null) {
      later.add(
          Timed.ago(
              approval.escalatedTo() + " may vote as well since ",
              approval.escalatedAt(),
              now,
              "."));
    }
    for (ApprovalCall call : calls) {
      if (call.raisedAt() == null && call.settledAt() == null) {
        later.add(
            call.kind() == ApprovalCall.Kind.ESCALATED
                ? Timed.until("Others may vote as well ", call.dueAt(), now, ".")
                : Timed.until("The next reminder goes out ", call.dueAt(), now, "."));
      }
    }
    return later;
  }

  private static Change change(EvidenceRevision revision, Instant now) {
    return new Change(
        revision.revision(), revision.because(), revision.at(), Words.ago(revision.at(), now));
  }

  private static Look look(PolicyLook look) {
    return look.voted()
        ? new Look(look.policyId(), "voted", "better", look.because())
        : new Look(look.policyId(), "did not vote", "worse", look.because());
  }
}
