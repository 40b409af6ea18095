package dev.airlock.messages;

import dev.airlock.store.Approval;
import dev.airlock.workflows.ApprovalStanding.State;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What people are told of approvals. No figures: those stand behind the sign-in. */
final class ApprovalWords {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private ApprovalWords() {}

  static String subject(String event, Approval approval) {
    String version = version(approval);
    return switch (event) {
      case "reminder" -> "Still waiting: should " + version + " go live?";
      case "escalated" -> "Your vote is asked for too: should " + version + " go live?";
      case "renewed" -> "The evidence has changed: should " + version + " go live?";
      case "decided" -> version + " was " + outcome(approval.state());
      default -> "Your vote is asked for: should " + version + " go live?";
    };
  }

  /**
   * The whole mail.
   *
   * @param address of the page where the reader goes on
   * @param isLink whether the address is good for one vote of theirs
   */
  static String text(String event, Approval approval, String address, boolean isLink) {
    String said = approval.state() == State.OPEN ? question(event, approval) : end(approval);
    return isLink
        ? """
          %s

          See the evidence, and decide:
          %s

          This link is yours alone. It is good for one vote, on the evidence as it was when this
          was sent. You will be asked to sign in.
          """
            .formatted(said, address)
        : """
          %s

          See why:
          %s
          """
            .formatted(said, address);
  }

  private static String question(String event, Approval approval) {
    return """
        %s waits for approval %d. %s asked for it.
        %s
        It takes %s, each with a reason. If that is not reached by %s, it is rejected."""
        .formatted(
            version(approval),
            approval.id(),
            approval.requestedBy(),
            why(event),
            votes(approval.quorum()),
            TIME.format(approval.expiresAt()));
  }

  private static String end(Approval approval) {
    return "%s was %s.\n%s"
        .formatted(version(approval), outcome(approval.state()), approval.because())
        .strip();
  }

  private static String why(String event) {
    return switch (event) {
      case "reminder" -> "You may vote, and have not yet.";
      case "escalated" ->
          "Those who were asked first have not decided in time, so you may vote too.";
      case "renewed" ->
          "Another version has gone live meanwhile. Votes that were given before count no longer.";
      default -> "You are asked for your vote.";
    };
  }

  private static String version(Approval approval) {
    return approval.model() + " version " + approval.version();
  }

  private static String votes(int quorum) {
    return quorum == 1 ? "one vote" : quorum + " votes of different people";
  }

  static String outcome(State state) {
    return switch (state) {
      case OPEN -> "asked about";
      case APPROVED -> "approved";
      case REJECTED -> "rejected";
      case EXPIRED -> "rejected: nobody decided in time";
      case WITHDRAWN -> "withdrawn";
    };
  }
}
