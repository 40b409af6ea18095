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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who may vote on an approval, by when others may, what policies made of it, and what has changed
 * while it was open.
 *
 * @param warning that it can't be given, or used, as things are; empty where it can
 * @param voters "3 people may vote: ada, bob and carol.", and whose votes rest; empty once it is
 *     closed
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

  static GateView of(Approvals approvals, Approval approval, int votes, Instant now) {
    boolean isOpen = approval.state() == ApprovalStanding.State.OPEN;
    List<String> voters = isOpen ? approvals.voters(approval.id()) : List.of();
    List<String> unvouched = isOpen ? approvals.unvouched(approval.id()) : List.of();
    return new GateView(
        isOpen ? hindrance(approval, votes, voters, unvouched) : overtaken(approvals, approval),
        isOpen ? voters(voters, unvouched) : "",
        isOpen ? later(approvals.calls(approval.id()), approval, now) : List.of(),
        approvals.revisions(approval.id()).stream()
            .filter(revision -> revision.revision() > 1)
            .map(revision -> change(revision, now))
            .toList(),
        approvals.looks(approval.id()).stream().map(GateView::look).toList());
  }

  /** Why it can't be given, or is not given yet, though people have done what they can. */
  private static String hindrance(
      Approval approval, int votes, List<String> voters, List<String> unvouched) {
    if (votes >= approval.quorum()) {
      return "Enough votes count by now, but some rested when the last one came. Its run hears of a sign-in at once and gives it then; otherwise it is given when its time is up, or as soon as one of those who voted takes theirs back and gives it anew.";
    }
    return voters.size() < approval.quorum()
        ? "It takes %d votes, and only %d may vote: nobody can give it as things are. %s, or it expires."
            .formatted(
                approval.quorum(), voters.size(), wayOut(approval, voters.size(), unvouched.size()))
        : "";
  }

  private static String wayOut(Approval approval, int voters, int unvouched) {
    String join = "somebody must join " + approval.everyoneAsked();
    if (unvouched == 0) {
      return Words.opening(join);
    }
    String signIn = "Whose vote rests must sign in with their provider again";
    return voters + unvouched >= approval.quorum() ? signIn : signIn + ", and " + join;
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

  private static String voters(List<String> voters, List<String> unvouched) {
    String may =
        voters.isEmpty()
            ? "Nobody may vote."
            : "%s may vote: %s."
                .formatted(
                    Words.counted(voters.size(), "person", "people"), String.join(", ", voters));
    return Stream.concat(Stream.of(may), unvouched.stream()).collect(Collectors.joining(" "));
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
    String because = look.because().endsWith(".") ? look.because() : look.because() + ".";
    return look.voted()
        ? new Look(look.policyId(), "voted", "better", because)
        : new Look(look.policyId(), "did not vote", "worse", because);
  }
}
