package dev.airlock.store;

import dev.airlock.workflows.RunState;

/** A run that a stage of another run asked for. */
public record CalledRun(String stage, long runId, String pipeline, RunState state) {}
