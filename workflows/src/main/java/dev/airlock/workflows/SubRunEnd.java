package dev.airlock.workflows;

import org.jspecify.annotations.Nullable;

/**
 * How a run that another run asked for has ended.
 *
 * @param error of a run that failed
 */
public record SubRunEnd(RunState state, @Nullable StageError error) {}
