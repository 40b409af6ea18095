package dev.airlock.workflows;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of one stage's state.
 *
 * @param sequence numbers the changes within the run, from 1, without a gap
 * @param at by the workflow's clock
 * @param output of a stage that succeeded
 * @param error of a stage that failed
 */
public record StageChange(
    int sequence,
    String stage,
    StageState state,
    Instant at,
    @Nullable StageOutput output,
    @Nullable StageError error) {}
