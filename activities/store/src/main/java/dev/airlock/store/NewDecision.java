package dev.airlock.store;

/**
 * A person's wish to decide.
 *
 * @param person who has signed in
 * @param reason in their words; must not be blank
 * @param digest of the evidence that they looked at
 */
public record NewDecision(
    long approvalId, String person, Decision.Verdict verdict, String reason, String digest) {}
