package dev.airlock.workflows;

import dev.airlock.dsl.graph.Work;

/**
 * A few neighbouring items of a map, to be called one after the other.
 *
 * @param task the map's stage; its first input is the list
 * @param from the first item's index, from 0
 * @param to the index after the last item's
 */
public record ItemsTask(StageTask task, MapPlan plan, int from, int to) {

  /** Whether this is an isolated item, whose attempts Temporal counts, rather than short ones. */
  public boolean isolated() {
    return task.stage().work().ownTask().filter(Work.Task::shortTask).isEmpty();
  }
}
