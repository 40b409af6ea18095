package dev.airlock.workflows;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * One version's way to all traffic, step by step, or back. Its id is {@link
 * RunIds#rolloutWorkflowId}. A child of the model's workflow that outlives it, and reports to its
 * id.
 */
@WorkflowInterface
public interface RolloutWorkflow {

  /** Goes the way to its end. */
  @WorkflowMethod
  RolloutState run(RolloutPlan plan);

  /**
   * Says that a person has asked for something. It is only a bell: what was asked, by whom and in
   * which order is in the rows, where it is looked for whichever of them this names.
   */
  @SignalMethod
  void control(long controlId);

  /** Says that something else has moved the model's traffic, and may have ended the rollout. */
  @SignalMethod
  void lookAgain();
}
