package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;

/** Trials of single stages. On {@link TaskQueues#TRIALS}, beside the stages of runs. */
@ActivityInterface
public interface TrialActivities {

  /**
   * Tries the stage and writes down what came of it, a failure too. Publishes, registers and keeps
   * nothing else, so that it may be done again.
   */
  void attempt(long trialId);

  /**
   * Ends a trial that did not end by itself. Idempotent: the first end stays.
   *
   * @param cancelled whether somebody wanted that; it took too long otherwise
   */
  void end(long trialId, boolean cancelled);
}
