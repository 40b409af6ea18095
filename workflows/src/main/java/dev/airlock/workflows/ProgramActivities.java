package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;

/**
 * Other people's code: programs, servers and databases. On {@link TaskQueues#tasks}; they
 * heartbeat, and a cancelled one ends its program, its request or its statement. What is longer
 * than 16 kB is handed on as a document.
 */
@ActivityInterface
public interface ProgramActivities {

  /**
   * Runs the stage's program to its end. Each attempt starts anew; what the program does elsewhere
   * is its own to make idempotent, under {@code AIRLOCK_KEY}.
   */
  StageOutput runProgram(StageTask task);

  /** Sends the stage's request, under the run's and the stage's {@code Idempotency-Key}. */
  StageOutput sendRequest(StageTask task);

  /**
   * Carries out the stage's statement in a transaction, which commits only where no later attempt
   * has begun. A commit whose answer was lost may be followed by another: {@code :run_key} tells
   * them from two runs.
   */
  StageOutput executeStatement(StageTask task);

  /** Runs the stage's class on Spark, in a process of its own, as {@link #runProgram} does. */
  StageOutput runSparkJar(StageTask task);
}
