package dev.airlock.workflows;

import org.jspecify.annotations.Nullable;

/**
 * How a stage of a run that is over stands, as far as a later run may take its result.
 *
 * @param output what it gave; null where it gave nothing
 * @param madeBy the run that made the output: this one, or the one that it was taken from
 * @param objection why the output can't be taken any more, as a clause such as "the artifact 3fa2
 *     is gone"; null where it can
 */
public record PastStage(
    StageState state, @Nullable StageOutput output, long madeBy, @Nullable String objection) {}
