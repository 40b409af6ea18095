package dev.airlock.dsl;

import static dev.airlock.dsl.Starts.allOf;
import static dev.airlock.dsl.Starts.dataset;
import static dev.airlock.dsl.Starts.webhook;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.Schedule.CatchUp;
import dev.airlock.dsl.graph.ScheduleSpec.Overlap;
import dev.airlock.dsl.graph.StartSpec;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the guide shows of time and triggers. */
class TimeGuideTest {

  private static final Param<Double> FLOOR =
      Param.decimal("floor").between(0.0, 500.0).orElse(20.0);

  @Test
  void shouldTakeEveryWordOfASchedule() {
    PipelineBuilder pipeline =
        Pipeline.named("pricing")
            .ownedBy("growth-ml")
            .schedule(
                Schedule.cron("30 4 * * MON-FRI", "Europe/Berlin")
                    .overlap(Overlap.BUFFER_ONE)
                    .catchUp(ofHours(6))
                    .jitter(ofMinutes(10))
                    .startingAt(Instant.parse("2026-01-01T00:00:00Z")))
            .maxActiveRuns(2);
    Shop.valid(pipeline);

    assertEquals(2, starts(pipeline).maximumActiveRuns());
  }

  @Test
  void shouldTakeAnInterval() {
    Schedule schedule = Schedule.every(ofHours(6), ofMinutes(15)).catchUp(CatchUp.NONE);

    assertEquals(ofHours(6), schedule.spec().every());
  }

  @Test
  void shouldTakeEveryTrigger() {
    PipelineBuilder pipeline =
        Pipeline.named("pricing")
            .ownedBy("growth-ml")
            .startWhen(allOf(dataset("shop.orders"), dataset("shop.prices")))
            .startOn(webhook("new-prices").setting(FLOOR))
            .startOnNewVersion();
    pipeline.task("count", ShopTasks::countAbove, Shop.valid(pipeline), FLOOR);

    assertEquals(1, starts(pipeline).webhooks().size());
  }

  @Test
  void shouldFollowTheClockOnTheWallWhenItIsSetBack() {
    NextTimes times = NextTimes.of(Schedule.cron("30 4 * * MON", "Europe/Berlin"));

    assertEquals(
        List.of(Instant.parse("2026-10-19T02:30:00Z"), Instant.parse("2026-10-26T03:30:00Z")),
        times.after(Instant.parse("2026-10-17T00:00:00Z"), 2));
  }

  private static StartSpec starts(PipelineBuilder pipeline) {
    return Objects.requireNonNull(pipeline.build().graph().starts());
  }
}
