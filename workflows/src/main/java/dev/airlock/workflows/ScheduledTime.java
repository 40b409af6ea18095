package dev.airlock.workflows;

import io.temporal.common.SearchAttributeKey;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.time.OffsetDateTime;

/** When a Temporal Schedule meant the current workflow to start. */
final class ScheduledTime {

  private static final SearchAttributeKey<OffsetDateTime> KEY =
      SearchAttributeKey.forOffsetDateTime("TemporalScheduledStartTime");

  private ScheduledTime() {}

  /** The scheduled time; the start of a workflow that no schedule started. */
  static Instant ofThisWorkflow() {
    OffsetDateTime scheduled = Workflow.getTypedSearchAttributes().get(KEY);
    return scheduled == null
        ? Instant.ofEpochMilli(Workflow.getInfo().getRunStartedTimestampMillis())
        : scheduled.toInstant();
  }
}
