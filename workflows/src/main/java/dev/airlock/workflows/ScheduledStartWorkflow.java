package dev.airlock.workflows;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * What a Temporal Schedule starts: asks PostgreSQL for a run of the pipeline, whose logical date is
 * the scheduled time.
 */
@WorkflowInterface
public interface ScheduledStartWorkflow {

  /** Inserts the run; the outbox starts it. */
  @WorkflowMethod
  void start(String pipeline);
}
