package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is live of a model.
 *
 * @param epoch counts the moves of its traffic, from 1
 * @param approvalId what let it in
 * @param candidate the version that a rollout lets some customers meet, or null
 * @param candidateDigest its artifact, or null
 * @param weight the candidate's share of customers in percent; 0 without one
 */
public record LiveRoute(
    String model,
    long epoch,
    int version,
    String artifactDigest,
    long approvalId,
    Instant since,
    @Nullable Long rolloutId,
    @Nullable Integer candidate,
    @Nullable String candidateDigest,
    int weight) {}
