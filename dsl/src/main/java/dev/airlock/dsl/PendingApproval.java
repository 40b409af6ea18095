package dev.airlock.dsl;

import dev.airlock.dsl.graph.Work;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An approval that does not say yet what happens when nobody decides. */
public final class PendingApproval {

  private final StageDraft draft;
  private @Nullable String by;
  private int quorum = 1;
  private @Nullable Duration within;

  PendingApproval(StageDraft draft) {
    this.draft = draft;
  }

  /** The team, role or person that is asked. Nobody may approve what they asked for themselves. */
  public PendingApproval by(String who) {
    this.by = who;
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
    if (by == null || by.isBlank()) {
      findings.add("The approval asks nobody.", "Name a team, role or person: .by(\"ml-leads\").");
    }
    if (within == null) {
      findings.add("The approval has no time limit.", "Give it one: .within(ofDays(3)).");
    } else if (within.compareTo(StageDraft.SHORTEST) < 0) {
      findings.add(
          "The approval is open for %s, which nobody can keep.".formatted(within),
          "Give people time: .within(ofDays(3)).");
    }
    return by == null || within == null ? null : new Work.Approval(by, quorum, within);
  }
}
