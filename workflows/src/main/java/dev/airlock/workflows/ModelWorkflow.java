package dev.airlock.workflows;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.List;

/**
 * One registered model, for as long as it exists: the only mover of its aliases and traffic, one
 * command after another. Its id is {@link RunIds#modelWorkflowId}.
 */
@WorkflowInterface
public interface ModelWorkflow {

  /**
   * Carries out commands, one after another, for as long as the model exists.
   *
   * @param model the model's name
   * @param pending commands that were waiting when the workflow continued as new
   * @param finished the newest commands that have been carried out, so that a repeated signal is
   *     known
   */
  @WorkflowMethod
  void run(String model, List<Long> pending, List<Long> finished);

  /** Says that a command has been written down; everything about it is in its row. */
  @SignalMethod
  void submit(long commandId);

  /**
   * Says that the rollout of a command is over; what became of it is in its row, and the run that
   * waits for it is then told.
   */
  @SignalMethod
  void rolloutEnded(long commandId);
}
