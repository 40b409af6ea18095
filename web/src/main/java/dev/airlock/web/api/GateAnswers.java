package dev.airlock.web.api;

import dev.airlock.store.GateOutcome;
import dev.airlock.web.http.ProblemException;

/** What the gate answers, as REST says it. */
public final class GateAnswers {
  private GateAnswers() {}

  /**
   * The id of what was written down.
   *
   * @throws ProblemException 400, 403 or 409 where it was not
   */
  public static long recorded(GateOutcome outcome) {
    if (outcome instanceof GateOutcome.Forbidden forbidden) {
      throw ProblemException.forbidden(forbidden.reason());
    }
    if (outcome instanceof GateOutcome.Conflict conflict) {
      throw ProblemException.conflict(conflict.reason());
    }
    if (outcome instanceof GateOutcome.Invalid invalid) {
      throw ProblemException.badRequest(invalid.reason());
    }
    return ((GateOutcome.Recorded) outcome).id();
  }
}
