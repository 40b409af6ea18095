package dev.airlock.store;

import dev.airlock.workflows.StageState;

/** How many items of a map are in a state. */
public record ItemCount(String stage, StageState state, int count) {}
