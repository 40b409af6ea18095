package dev.airlock.store;

import java.time.Instant;

/**
 * One move of a model's traffic.
 *
 * @param kind {@code deploy} or {@code rollback}
 * @param approvalId what had let the version in
 */
public record AliasMove(
    String model,
    long epoch,
    long commandId,
    String kind,
    int version,
    String artifactDigest,
    long approvalId,
    String movedBy,
    String reason,
    Instant at) {}
