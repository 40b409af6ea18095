package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Since when a stage fails.
 *
 * @param succeededRun the last run before in which it succeeded, or null
 * @param succeededAt when that was, or null
 * @param firstRun the first run since in which it failed, or null where none did
 * @param firstAt when that was, or null
 * @param runs in how many runs it failed since
 */
public record FailureStreak(
    @Nullable Long succeededRun,
    @Nullable Instant succeededAt,
    @Nullable Long firstRun,
    @Nullable Instant firstAt,
    int runs) {}
