package dev.airlock.workflows;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** One trial of one stage, within its deadline. */
@WorkflowInterface
public interface TrialWorkflow {

  /** Tries; whatever happens, the trial's row says in the end what came of it. */
  @WorkflowMethod
  void run(long trialId);
}
