package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A registered model.
 *
 * @param latestVersion the highest number, 0 before the first
 * @param liveVersion the one that customers meet, or null
 * @param epoch the routing's, or null
 */
public record ModelSummary(
    String name,
    Instant createdAt,
    int latestVersion,
    @Nullable Integer liveVersion,
    @Nullable Long epoch,
    @Nullable Instant liveSince) {}
