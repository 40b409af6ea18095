package dev.airlock.workflows;

import io.temporal.common.SearchAttributeKey;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Asks for the run that a schedule is due, under the time it was due at. */
final class ScheduledStartWorkflowImpl implements ScheduledStartWorkflow {

  private static final SearchAttributeKey<OffsetDateTime> SCHEDULED_TIME =
      SearchAttributeKey.forOffsetDateTime("TemporalScheduledStartTime");

  private final PatientLedger ledger = new PatientLedger();

  @Override
  public void start(String pipeline) {
    ledger.requestScheduled(pipeline, dueAt());
  }

  private static Instant dueAt() {
    OffsetDateTime scheduled = Workflow.getTypedSearchAttributes().get(SCHEDULED_TIME);
    return scheduled == null
        ? Instant.ofEpochMilli(Workflow.getInfo().getRunStartedTimestampMillis())
        : scheduled.toInstant();
  }
}
