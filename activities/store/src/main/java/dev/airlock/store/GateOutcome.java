package dev.airlock.store;

/** What became of a person's wish at the gate. */
public sealed interface GateOutcome {

  /**
   * It is written down.
   *
   * @param id the decision, or the approval that was revoked
   */
  record Recorded(long id) implements GateOutcome {}

  /** This person may not do that. */
  record Forbidden(String reason) implements GateOutcome {}

  /** It does not fit how the approval stands. */
  record Conflict(String reason) implements GateOutcome {}

  /** Something is missing. */
  record Invalid(String reason) implements GateOutcome {}
}
