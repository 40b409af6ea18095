package dev.airlock.workflows;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** One look of a monitor at its model. Its id is {@link RunIds#checkWorkflowId}. */
@WorkflowInterface
public interface CheckWorkflow {

  /** Measures, then judges. */
  @WorkflowMethod
  void check(long checkId);
}
