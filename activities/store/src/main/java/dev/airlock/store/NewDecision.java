package dev.airlock.store;

/**
 * A person's wish to decide.
 *
 * @param acting who has signed in, and from where they decide
 * @param reason in their words; must not be blank
 * @param digest of the evidence that they looked at
 */
public record NewDecision(
    long approvalId, Acting acting, Decision.Verdict verdict, String reason, String digest) {

  /** Who has signed in. */
  public String person() {
    return acting.actor();
  }
}
