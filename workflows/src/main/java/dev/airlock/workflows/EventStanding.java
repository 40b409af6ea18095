package dev.airlock.workflows;

import org.jspecify.annotations.Nullable;

/**
 * How a wait for an event stands.
 *
 * @param waitId of its row
 * @param ended whether the event has come or the wait was given up
 * @param output what the event brought; null where none has come
 */
public record EventStanding(long waitId, boolean ended, @Nullable StageOutput output) {}
