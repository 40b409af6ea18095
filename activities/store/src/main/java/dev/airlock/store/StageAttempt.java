package dev.airlock.store;

import dev.airlock.workflows.StageError;
import java.time.Instant;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a stage.
 *
 * @param attempt from 1
 * @param worker the process that made it
 * @param endedAt null while it runs, or where its worker died
 * @param logDigest its log in the artifact store
 * @param eventLogDigest what its Spark jobs did, as Spark writes it, compressed with zstd
 */
public record StageAttempt(
    String stage,
    int attempt,
    String worker,
    Instant startedAt,
    @Nullable Instant endedAt,
    @Json @Nullable StageError error,
    @Nullable String logDigest,
    @Nullable String eventLogDigest) {}
