package dev.airlock.store;

import java.time.Instant;

/**
 * What is live of a model.
 *
 * @param epoch counts the moves of its traffic, from 1
 * @param approvalId what let it in
 */
public record LiveRoute(
    String model, long epoch, int version, String artifactDigest, long approvalId, Instant since) {}
