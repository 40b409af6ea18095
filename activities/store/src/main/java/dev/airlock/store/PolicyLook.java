package dev.airlock.store;

import java.time.Instant;

/**
 * What a policy made of an approval as it opened.
 *
 * @param voted whether it voted in its signer's name
 * @param because the figures that it went by, or what kept it from voting
 */
public record PolicyLook(
    long approvalId, long policyId, boolean voted, String because, Instant at) {}
