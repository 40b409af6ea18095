package dev.airlock.workflows;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * What the Temporal Schedule of a monitor starts: asks PostgreSQL for a check whose logical moment
 * is the scheduled time.
 */
@WorkflowInterface
public interface ScheduledCheckWorkflow {

  /** Inserts the check; the outbox starts it. */
  @WorkflowMethod
  void start(long monitorId);
}
