package dev.airlock.workflows;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * One run of one pipeline. Its id is {@link RunIds#workflowId}. Cancelled through Temporal's own
 * cancellation.
 */
@WorkflowInterface
public interface PipelineWorkflow {

  /** Interprets the graph to its end and answers how it ended. */
  @WorkflowMethod
  RunState run(RunRequest request);

  /**
   * Tells the run that somebody's decision has been written down. It carries an id only: the row
   * says who and what, so that nothing that reaches Temporal's port can forge a vote.
   */
  @UpdateMethod
  DecisionOutcome decide(long approvalId, long decisionId);

  /** Rejects malformed calls only; refusals are outcomes. */
  @UpdateValidatorMethod(updateName = "decide")
  void validateDecide(long approvalId, long decisionId);

  /** Says that a command of this run has an outcome; the run then reads it from PostgreSQL. */
  @SignalMethod
  void commandFinished(long commandId);

  /** Says that a run which this one asked for has ended; it is then looked up in PostgreSQL. */
  @SignalMethod
  void subRunEnded(long runId);

  /** Says that a stage of this run has been granted the slots of the pool that it waits for. */
  @SignalMethod
  void slotsGranted(long requestId);

  /** Says that the event has come that a stage of this run waits for; the run then reads it. */
  @SignalMethod
  void eventArrived(long waitId);
}
