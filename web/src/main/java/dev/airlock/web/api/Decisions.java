package dev.airlock.web.api;

import dev.airlock.store.ApprovalLink;
import dev.airlock.store.Approvals;
import dev.airlock.store.Decision;
import dev.airlock.store.GateOutcome;
import dev.airlock.store.NewDecision;
import dev.airlock.store.Store;
import dev.airlock.web.http.ProblemException;
import java.time.Duration;
import java.util.function.Supplier;

/** Takes a decision and waits a while for what becomes of it. */
public final class Decisions {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Supplier<Store> store;

  public Decisions(Supplier<Store> store) {
    this.store = store;
  }

  /**
   * Writes the decision down and waits up to five seconds until its run has taken it up.
   *
   * @return the decision, whose outcome is null where it is recorded but has not taken effect yet
   * @throws ProblemException 400, 403 or 409 where it was not written down, 409 where it was
   *     refused
   */
  public Decision decide(NewDecision wish) {
    return outcome(store.get().approvals().decide(wish));
  }

  /** The same, by a link that is used up by it. */
  public Decision decideBy(ApprovalLink link, NewDecision wish) {
    return outcome(store.get().messages().decideBy(link, wish));
  }

  private Decision outcome(GateOutcome outcome) {
    Approvals approvals = store.get().approvals();
    long id = GateAnswers.recorded(outcome);
    Decision decision =
        Patience.until(
            PATIENCE, () -> approvals.decision(id).orElseThrow(), found -> found.outcome() != null);
    if (decision.outcome() == Decision.Outcome.REFUSED) {
      throw ProblemException.conflict(decision.outcomeReason());
    }
    return decision;
  }
}
