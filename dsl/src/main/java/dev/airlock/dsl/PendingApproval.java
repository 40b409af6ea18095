package dev.airlock.dsl;

import dev.airlock.dsl.graph.Work;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An approval that does not say yet what happens when nobody decides. */
public final class PendingApproval {

  private final StageDraft draft;
  private List<String> by = List.of();
  private int quorum = 1;
  private @Nullable Duration within;
  private @Nullable Duration remindEvery;
  private Work.@Nullable Escalation escalation;
  private boolean takesPolicies;

  PendingApproval(StageDraft draft) {
    this.draft = draft;
  }

  /**
   * The teams, roles and people that are asked; whoever is one of them may vote. Nobody may approve
   * what they asked for themselves.
   */
  public PendingApproval by(String who, String... others) {
    this.by = Stream.concat(Stream.of(who), Stream.of(others)).toList();
    return this;
  }

  /** How many different people must approve; one, unless said otherwise. */
  public PendingApproval quorum(int people) {
    this.quorum = people;
    return this;
  }

  /** How long it stays open. */
  public PendingApproval within(Duration time) {
    this.within = time;
    return this;
  }

  /** Those who may still vote are reminded so often, until it is decided. */
  public PendingApproval remindEvery(Duration time) {
    this.remindEvery = time;
    return this;
  }

  /**
   * Once it has been open for so long, these may vote as well.
   *
   * @param who a team, a role or a person
   */
  public PendingApproval escalateTo(String who, Duration after) {
    this.escalation = new Work.Escalation(after, who);
    return this;
  }

  /**
   * A policy that a person has signed may vote in that person's name: for the same code and params,
   * while every figure is inside the signed bounds. Without this word, only people vote.
   */
  public PendingApproval orPolicy() {
    this.takesPolicies = true;
    return this;
  }

  /** If nobody decides in time, it is rejected. */
  public Stage<Approved<ModelVersion>> orReject() {
    draft.finishBy(this::finish);
    return new Stage<>(draft);
  }

  private @Nullable Work finish(Findings findings) {
    if (quorum < 1) {
      findings.add(
          "The quorum is %d, so nobody would have to approve.".formatted(quorum),
          "Ask for at least one person: .quorum(1).");
    }
    if (by.isEmpty() || by.stream().anyMatch(String::isBlank)) {
      findings.add("The approval asks nobody.", "Name a team, role or person: .by(\"ml-leads\").");
    }
    by.stream()
        .filter(who -> Collections.frequency(by, who) > 1)
        .distinct()
        .forEach(
            who ->
                findings.add(
                    "The approval asks '%s' twice.".formatted(who), "Name each one once."));
    if (within == null) {
      findings.add("The approval has no time limit.", "Give it one: .within(ofDays(3)).");
    } else if (within.compareTo(StageDraft.SHORTEST) < 0) {
      findings.add(
          "The approval is open for %s, which nobody can keep.".formatted(within),
          "Give people time: .within(ofDays(3)).");
    } else {
      checkTimes(within, findings);
    }
    if (by.isEmpty() || within == null) {
      return null;
    }
    return new Work.Approval(
        by.get(0),
        by.subList(1, by.size()),
        quorum,
        within,
        remindEvery,
        escalation,
        takesPolicies ? true : null);
  }

  private void checkTimes(Duration open, Findings findings) {
    if (remindEvery != null && !isInside(remindEvery, open)) {
      findings.add(
          "The approval is open for %s and reminds every %s.".formatted(open, remindEvery),
          "Remind at most once a second, and before its end: .remindEvery(ofHours(8)).");
    }
    if (escalation == null) {
      return;
    }
    if (!isInside(escalation.after(), open)) {
      findings.add(
          "The approval is open for %s and escalates after %s.".formatted(open, escalation.after()),
          "Escalate before its end: .escalateTo(\"heads\", ofDays(1)).");
    }
    if (escalation.to().isBlank()) {
      findings.add(
          "The approval escalates to nobody.",
          "Name a team, role or person: .escalateTo(\"heads\", ofDays(1)).");
    } else if (by.contains(escalation.to())) {
      findings.add(
          "The approval escalates to '%s', who is asked from the start.".formatted(escalation.to()),
          "Escalate to somebody else, or take .escalateTo(…) away.");
    }
  }

  private static boolean isInside(Duration time, Duration open) {
    return time.compareTo(StageDraft.SHORTEST) >= 0 && time.compareTo(open) < 0;
  }
}
