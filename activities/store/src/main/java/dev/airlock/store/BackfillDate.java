package dev.airlock.store;

import dev.airlock.workflows.RunState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One time of a backfill.
 *
 * @param state pending, started, left-out or cancelled
 * @param because why it is left out, or runs again; may be empty
 */
public record BackfillDate(
    Instant logicalDate,
    String state,
    String because,
    @Nullable Long runId,
    @Nullable RunState runState) {}
