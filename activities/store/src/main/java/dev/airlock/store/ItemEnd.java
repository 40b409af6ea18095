package dev.airlock.store;

import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt at an item of a map ended.
 *
 * @param attempt the attempt whose end it is
 * @param claimed the attempt under which the item was claimed; where it has been claimed anew,
 *     nothing is written
 * @param state succeeded or failed
 */
public record ItemEnd(
    int index,
    int attempt,
    int claimed,
    StageState state,
    Instant startedAt,
    Instant endedAt,
    @Nullable StageError error,
    @Nullable String result,
    @Nullable String resultDigest) {}
