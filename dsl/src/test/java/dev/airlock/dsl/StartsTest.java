package dev.airlock.dsl;

import static dev.airlock.dsl.Starts.allOf;
import static dev.airlock.dsl.Starts.dataset;
import static dev.airlock.dsl.Starts.webhook;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.dsl.graph.ScheduleSpec.Overlap;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.dsl.graph.StartSpec.DatasetRule;
import dev.airlock.dsl.graph.StartSpec.WebhookSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartsTest {

  static final Param<Double> FLOOR = Param.decimal("floor").between(0.0, 500.0).orElse(20.0);

  @Test
  void shouldDescribeWhatStartsAPipeline() {
    PipelineBuilder pipeline =
        Shop.pipeline()
            .schedule(
                Schedule.cron("30 4 * * MON", "Europe/Berlin")
                    .jitter(Duration.ofMinutes(10))
                    .catchUp(Duration.ofHours(6))
                    .overlap(Overlap.BUFFER_ONE)
                    .startingAt(Instant.parse("2026-01-01T00:00:00Z"))
                    .endingAt(Instant.parse("2027-01-01T00:00:00Z")))
            .startWhen(allOf(dataset("prices.daily"), dataset("orders.daily")))
            .startOn(webhook("new-prices").setting(FLOOR))
            .startOnNewVersion()
            .maxActiveRuns(2);
    pipeline.task("count", ShopTasks::countAbove, Shop.valid(pipeline), FLOOR);

    var graph = pipeline.build().graph();

    assertEquals(
        new ScheduleSpec(
            "30 4 * * MON",
            "Europe/Berlin",
            null,
            null,
            Duration.ofMinutes(10),
            Duration.ofHours(6),
            Overlap.BUFFER_ONE,
            Instant.parse("2026-01-01T00:00:00Z"),
            Instant.parse("2027-01-01T00:00:00Z")),
        graph.schedule());
    assertEquals(
        new StartSpec(
            2,
            List.of(new DatasetRule(List.of("orders.daily", "prices.daily"))),
            List.of(new WebhookSpec("new-prices", List.of("floor"))),
            true),
        graph.starts());
  }

  @Test
  void shouldSayNothingOfStartsWhenThePipelineDoesNot() {
    PipelineBuilder pipeline = Shop.pipeline().schedule(Schedule.every(Duration.ofHours(6)));
    Shop.valid(pipeline);

    assertNull(pipeline.build().graph().starts());
  }

  @Test
  void shouldReportEveryFaultOfStarts() {
    PipelineBuilder pipeline =
        Shop.pipeline()
            .schedule(Schedule.cron("0 0 31 2 *", "UTC"))
            .startWhen(allOf(dataset("shop.orders"), dataset("Orders")))
            .startOn(webhook("New Prices").setting(Param.decimal("flor").orElse(1.0)))
            .maxActiveRuns(0);
    pipeline.task("count", ShopTasks::countAbove, Shop.valid(pipeline), Param.decimal("floor"));

    String faults =
        assertThrows(InvalidPipelineException.class, pipeline::build).problems().toString();

    for (String fault :
        List.of(
            "'0 0 31 2 *' names a day that never comes.",
            "'shop.orders' is published by this very pipeline",
            "'Orders' is no name of a dataset.",
            "'New Prices' is no name for a webhook",
            "It sets param 'flor', which no stage takes. Did you mean 'floor'?",
            "At most 0 of its runs may go at once.",
            "It has no default, and runs start by themselves.")) {
      assertTrue(faults.contains(fault), faults);
    }
  }

  @Test
  void shouldReportEveryFaultOfASchedule() {
    assertFault(Schedule.every(Duration.ZERO), "Its interval is PT0S.");
    assertFault(Schedule.every(Duration.ofMillis(1_500)), "Its interval is PT1.5S.");
    assertFault(
        Schedule.every(Duration.ofHours(1), Duration.ofHours(1)),
        "Its offset is PT1H, its interval PT1H.");
    Schedule daily = Schedule.every(Duration.ofDays(1));
    assertFault(daily.jitter(Duration.ofSeconds(-1)), "Its jitter is PT-1S.");
    assertFault(daily.catchUp(Duration.ofSeconds(9)), "Its window to catch up is PT9S.");
    assertFault(
        daily.startingAt(Instant.EPOCH).endingAt(Instant.EPOCH), "It ends at 1970-01-01T00:00:00Z");
    assertFault(daily.endingAt(Instant.MAX), "It ends at +1000000000-12-31T23:59:59.999999999Z.");
    assertFault(daily.startingAt(Instant.MIN), "It starts at -1000000000-01-01T00:00:00Z.");
    assertFault(
        Schedule.cron("0 0 1 1 *", "UTC")
            .startingAt(Instant.parse("2026-02-01T00:00:00Z"))
            .endingAt(Instant.parse("2026-03-01T00:00:00Z")),
        "'0 0 1 1 *' names a day that never comes.");
  }

  private static void assertFault(Schedule schedule, String fault) {
    Findings findings = Findings.of("pipeline");
    schedule.spec(findings);
    assertEquals(1, findings.all().size(), findings.all()::toString);
    assertTrue(findings.all().get(0).what().startsWith(fault), findings.all()::toString);
  }
}
