package dev.airlock.workflows;

import org.jspecify.annotations.Nullable;

/**
 * What a map's workflow begins or goes on with.
 *
 * @param plan null before the list has been read
 * @param next the first item that nobody was called for, from 0
 * @param outcome of the items before it
 */
public record MapRequest(StageTask task, @Nullable MapPlan plan, int next, ItemsOutcome outcome) {

  static MapRequest first(StageTask task) {
    return new MapRequest(task, null, 0, ItemsOutcome.GOOD);
  }
}
