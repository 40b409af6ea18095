package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ScheduledStartWorkflowTest {

  private static final String SCHEDULED = "TemporalScheduledStartTime";

  private final Bench bench = new Bench();

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void shouldAskForTheTimeThatWasScheduled() {
    bench.temporal.registerSearchAttribute(SCHEDULED, IndexedValueType.INDEXED_VALUE_TYPE_DATETIME);
    Instant due = Instant.parse("1998-01-05T04:00:00Z");

    start(
        WorkflowOptions.newBuilder()
            .setTypedSearchAttributes(
                SearchAttributes.newBuilder()
                    .set(
                        SearchAttributeKey.forOffsetDateTime(SCHEDULED),
                        OffsetDateTime.ofInstant(due, ZoneOffset.UTC))
                    .build()));

    assertEquals(due, bench.ledger.requestedFor());
  }

  @Test
  void shouldAskForItsOwnStartWhenNoScheduleStartedIt() {
    bench.ledger.failNext(3);

    start(WorkflowOptions.newBuilder());

    Instant asked = assertRequested();
    Instant began = Instant.parse("1998-01-05T04:30:00Z");
    assertEquals(0, Duration.between(began, asked).toMinutes());
  }

  private Instant assertRequested() {
    Instant asked = bench.ledger.requestedFor();
    assertNotNull(asked);
    return asked;
  }

  private void start(WorkflowOptions.Builder options) {
    bench
        .client()
        .newWorkflowStub(
            ScheduledStartWorkflow.class, options.setTaskQueue(TaskQueues.CONTROL).build())
        .start("repeat-purchase");
  }
}
