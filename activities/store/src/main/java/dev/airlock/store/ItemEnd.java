package dev.airlock.store;

import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt at an item of a map ended.
 *
 * @param attempt the attempt whose end it is; where a later one has begun, nothing is written
 * @param state succeeded or failed
 */
public record ItemEnd(
    int index,
    int attempt,
    StageState state,
    Instant startedAt,
    Instant endedAt,
    @Nullable StageError error,
    @Nullable String result,
    @Nullable String resultDigest) {}
