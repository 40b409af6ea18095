package dev.airlock.workflows;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a Temporal Schedule starts: asks PostgreSQL for a run of the pipeline, whose logical date is
 * the scheduled time.
 */
@WorkflowInterface
public interface ScheduledStartWorkflow {

  /**
   * Inserts the run; the outbox starts it.
   *
   * @param jitter up to how much later it does so; null for at once
   */
  @WorkflowMethod
  void start(String pipeline, @Nullable Duration jitter);
}
