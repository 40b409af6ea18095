package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
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

  @Test
  void shouldStartLaterByJitterUnderTheTimeThatWasScheduled() {
    bench.temporal.registerSearchAttribute(SCHEDULED, IndexedValueType.INDEXED_VALUE_TYPE_DATETIME);
    Instant due = Instant.parse("1998-01-05T04:30:00Z");
    long began = bench.temporal.currentTimeMillis();

    start(
        WorkflowOptions.newBuilder()
            .setTypedSearchAttributes(
                SearchAttributes.newBuilder()
                    .set(
                        SearchAttributeKey.forOffsetDateTime(SCHEDULED),
                        OffsetDateTime.ofInstant(due, ZoneOffset.UTC))
                    .build()),
        Duration.ofHours(3));

    assertEquals(due, bench.ledger.requestedFor());
    Duration later = Duration.ofMillis(bench.temporal.currentTimeMillis() - began);
    Duration part = ScheduledStartWorkflowImpl.part(Duration.ofHours(3), "repeat-purchase", due);
    assertTrue(
        later.compareTo(part) >= 0 && later.minus(part).toMinutes() < 1, () -> part + " " + later);
  }

  @Test
  void shouldSpreadJitterOverItsWholeRange() {
    Duration hour = Duration.ofHours(1);
    long[] tenths = new long[10];
    for (int day = 0; day < 1_000; day++) {
      Instant due = Instant.EPOCH.plus(Duration.ofDays(day));
      Duration part = ScheduledStartWorkflowImpl.part(hour, "repeat-purchase", due);
      tenths[(int) (part.toMillis() * 10 / hour.toMillis())]++;
    }
    for (long tenth : tenths) {
      assertTrue(tenth > 60 && tenth < 140, () -> Long.toString(tenth));
    }
  }

  private void start(WorkflowOptions.Builder options) {
    start(options, null);
  }

  private void start(WorkflowOptions.Builder options, @Nullable Duration jitter) {
    bench
        .client()
        .newWorkflowStub(
            ScheduledStartWorkflow.class, options.setTaskQueue(TaskQueues.CONTROL).build())
        .start("repeat-purchase", jitter);
  }
}
