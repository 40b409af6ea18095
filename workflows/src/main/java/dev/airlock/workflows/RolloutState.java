package dev.airlock.workflows;

/** Where a rollout stands. */
public enum RolloutState {
  /** Traffic is shifted step by step. */
  PROGRESSING(false),
  /** It stays at its weight and waits for a person: paused by one, or inconclusive. */
  PAUSED(false),
  /** The version is live. */
  PROMOTED(true),
  /** The analysis failed: all traffic is back. */
  ROLLED_BACK(true),
  /** A person took all traffic back. */
  ABORTED(true),
  /** The gate shut before the first shift, or the approval was revoked on the way. */
  REFUSED(true);

  private final boolean isOver;

  RolloutState(boolean isOver) {
    this.isOver = isOver;
  }

  public boolean isOver() {
    return isOver;
  }
}
