package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;

/** The items of a map, on {@link TaskQueues#TASKS}; calls on {@link TaskQueues#tasks}. */
@ActivityInterface
public interface ItemActivities {

  /**
   * Reads the list, keeps it as a document, and makes a row for each item. Idempotent under (run,
   * stage).
   */
  MapPlan openItems(MapRequest request);

  /**
   * Calls the method for each item that has no result yet, and writes each one's end down.
   * Idempotent under (run, stage, index).
   *
   * <p>A single item fails with its exception, and Temporal tries it again. Several are tried again
   * on the spot, as often as the stage says.
   */
  ItemsOutcome callItems(ItemsTask items);

  /** Gathers the results in the order of the items. Idempotent under (run, stage). */
  StageOutput.StoredResult gatherItems(StageTask task, MapPlan plan);
}
