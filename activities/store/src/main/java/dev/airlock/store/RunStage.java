package dev.airlock.store;

import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageState;
import java.time.Instant;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * One stage of a run as it stands.
 *
 * @param position in the graph's order, from 0
 * @param kind as {@link dev.airlock.dsl.graph.Work#kind}
 * @param attempt the newest attempt, 0 before the first
 */
public record RunStage(
    String name,
    int position,
    String kind,
    StageState state,
    int attempt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Json @Nullable StageOutput output,
    @Json @Nullable StageError error) {}
