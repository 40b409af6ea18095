package dev.airlock.dsl.graph;

import org.jspecify.annotations.Nullable;

/**
 * What holds a stage back, what is too late for it, and whose workers take it.
 *
 * @param pool the limit that it shares with other stages, or null
 * @param slots how many of the pool's slots it takes, at least 1
 * @param deadline when it must have ended, or an alert is raised; null for none
 * @param queue the queue whose workers take it; null for the one that all share
 */
public record LimitSpec(
    @Nullable String pool, int slots, @Nullable DeadlineSpec deadline, @Nullable String queue) {

  /** The limits of a stage that any worker takes. */
  public LimitSpec(@Nullable String pool, int slots, @Nullable DeadlineSpec deadline) {
    this(pool, slots, deadline, null);
  }
}
