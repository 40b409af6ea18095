package dev.airlock.workflows;

/** One task queue per kind of resource. */
public final class TaskQueues {

  /** Workflows, bookkeeping, approvals, routing: small and quick, PostgreSQL only. */
  public static final String CONTROL = "airlock-control";

  /** Whatever needs the Spark driver. */
  public static final String SPARK = "airlock-spark";

  /** Tasks of one's own. */
  public static final String TASKS = "airlock-tasks";

  /** Monitors and the analysis of rollouts: PostgreSQL, the artifact store, and arithmetic. */
  public static final String MONITORS = "airlock-monitors";

  /** Trials of single stages, so that engineers at work don't wait behind runs. */
  public static final String TRIALS = "airlock-trials";

  private TaskQueues() {}
}
