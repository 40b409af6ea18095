package dev.airlock.workflows;

import org.jspecify.annotations.Nullable;

/** One task queue per kind of resource. */
public final class TaskQueues {

  /**
   * Workflows of models and rollouts, bookkeeping, approvals, routing: small and quick, PostgreSQL
   * only.
   */
  public static final String CONTROL = "airlock-control";

  /** Whatever needs the Spark driver. */
  public static final String SPARK = "airlock-spark";

  /**
   * Runs, and the tasks of one's own that they call: within one queue Temporal hands a task to the
   * worker in its answer to whoever schedules it.
   */
  public static final String TASKS = "airlock-tasks";

  /** Monitors and the analysis of rollouts: PostgreSQL, the artifact store, and arithmetic. */
  public static final String MONITORS = "airlock-monitors";

  /** Trials of single stages, so that engineers at work don't wait behind runs. */
  public static final String TRIALS = "airlock-trials";

  private TaskQueues() {}

  /**
   * Where the tasks of one's own, programs, looks and items of a named queue wait for its workers;
   * {@link #TASKS} where none is named.
   */
  public static String tasks(@Nullable String queue) {
    return queue == null ? TASKS : TASKS + "-" + queue;
  }
}
