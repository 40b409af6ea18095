package dev.airlock.store;

/** The stage of a run that asked for another run. */
public record CallingStage(long runId, String pipeline, String stage) {}
