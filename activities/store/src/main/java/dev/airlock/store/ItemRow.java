package dev.airlock.store;

import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageState;
import java.time.Instant;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * One item of a map as it stands: pending, running, succeeded, failed or cancelled.
 *
 * @param index in the list, from 0; in a nested map, in all its lists one after the other
 * @param attempt the newest attempt, 0 before the first
 * @param worker the process that made it
 * @param error of the newest attempt that failed
 * @param result the JSON of a result that is short; null where it is not
 * @param resultDigest the JSON of a longer one, in the artifact store
 */
public record ItemRow(
    int index,
    StageState state,
    int attempt,
    @Nullable String worker,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Json @Nullable StageError error,
    @Nullable String result,
    @Nullable String resultDigest) {}
