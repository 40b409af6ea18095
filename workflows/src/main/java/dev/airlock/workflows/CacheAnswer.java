package dev.airlock.workflows;

import org.jspecify.annotations.Nullable;

/**
 * What came of a look for an earlier result.
 *
 * @param output the result that will do; null where the stage runs
 * @param madeBy the run that made it; null where the stage runs
 * @param reason why it will do, or why none does, in words without a full stop
 */
public record CacheAnswer(@Nullable StageOutput output, @Nullable Long madeBy, String reason) {}
