package dev.airlock.dsl.graph;

import org.jspecify.annotations.Nullable;

/**
 * What holds a stage back, and what is too late for it.
 *
 * @param pool the limit that it shares with other stages, or null
 * @param slots how many of the pool's slots it takes, at least 1
 * @param deadline when it must have ended, or an alert is raised; null for none
 */
public record LimitSpec(@Nullable String pool, int slots, @Nullable DeadlineSpec deadline) {}
