package dev.airlock.store;

import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageState;
import java.time.Instant;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/** One recorded change of a stage's state; {@code sequence} numbers them within the run, from 1. */
public record StageEvent(
    int sequence,
    String stage,
    StageState state,
    Instant at,
    @Json @Nullable StageOutput output,
    @Json @Nullable StageError error) {}
