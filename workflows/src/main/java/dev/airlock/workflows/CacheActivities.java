package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;

/**
 * Whether a stage's earlier result will do. On {@link TaskQueues#CONTROL}; for an ingest, whose
 * source is read, on {@link TaskQueues#SPARK}.
 */
@ActivityInterface
public interface CacheActivities {

  /**
   * Looks, and writes down what came of it. Idempotent under (run, stage): the first answer stays.
   */
  CacheAnswer recall(CacheQuestion question);
}
