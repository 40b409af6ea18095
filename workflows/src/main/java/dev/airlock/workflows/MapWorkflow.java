package dev.airlock.workflows;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * One map stage of one run: calls a task for each item of a list. A child of the run, which holds
 * nothing of it but its result's digest. It continues as new by itself, as often as it takes.
 */
@WorkflowInterface
public interface MapWorkflow {

  /** Works through the list and answers where the list of the results is. */
  @WorkflowMethod
  StageOutput.StoredResult run(MapRequest request);
}
