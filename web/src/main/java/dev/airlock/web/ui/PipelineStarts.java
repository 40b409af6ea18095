package dev.airlock.web.ui;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.dsl.graph.ScheduleSpec.Overlap;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.store.Backfill;
import dev.airlock.store.PipelineSummary;
import dev.airlock.store.ScheduledTimes;
import dev.airlock.store.Store;
import dev.airlock.web.api.PipelineRoutes;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What starts a pipeline, when next, and what became of the last times.
 *
 * @param reasons one sentence each
 * @param next the next times, by the clock of the schedule's zone
 * @param leftOut the last times that started no run
 * @param backfills the newest ones
 * @param mayBackfill whether it has a schedule, and the reader may start a backfill
 */
public record PipelineStarts(
    List<String> reasons,
    List<Time> next,
    List<LeftOut> leftOut,
    List<BackfillRow> backfills,
    boolean mayBackfill) {

  private static final int LAST = 5;

  /** A time to come. */
  public record Time(Instant at, String says, Timed until) {}

  /** A time that started no run. */
  public record LeftOut(Instant at, String says, String because) {}

  /** A backfill in the list. */
  public record BackfillRow(long id, String state, String range, String progress, String by) {}

  static PipelineStarts of(
      Store store, PipelineSummary summary, Graph graph, boolean mayOperate, Instant now) {
    ScheduleSpec schedule = graph.schedule();
    DateTimeFormatter clock =
        DateTimeFormatter.ofPattern("EEE d MMM uuuu HH:mm zzz", Locale.ENGLISH)
            .withZone(ZoneId.of(schedule == null ? "UTC" : schedule.zone()));
    return new PipelineStarts(
        reasons(graph),
        PipelineRoutes.nextTimes(summary, graph, now).stream()
            .map(time -> new Time(time, clock.format(time), Timed.until("", time, now, "")))
            .toList(),
        store.scheduledTimes().newest(graph.name(), LAST).stream()
            .filter(time -> time.leftOut() != null)
            .map(time -> leftOut(time, clock))
            .toList(),
        store.backfills().list(graph.name(), LAST, null).items().stream()
            .map(PipelineStarts::row)
            .toList(),
        mayOperate && schedule != null && summary.unpublishedAt() == null);
  }

  private static LeftOut leftOut(ScheduledTimes.Decided time, DateTimeFormatter clock) {
    return new LeftOut(
        time.logicalDate(), clock.format(time.logicalDate()), String.valueOf(time.leftOut()));
  }

  static BackfillRow row(Backfill backfill) {
    return new BackfillRow(
        backfill.id(),
        backfill.state(),
        "%s to %s"
            .formatted(
                Words.logicalDate(backfill.firstDate()), Words.logicalDate(backfill.lastDate())),
        progress(backfill),
        backfill.requestedBy());
  }

  /** "3 of 10 done, 2 under way, 1 failed". */
  static String progress(Backfill backfill) {
    int wanted = backfill.total() - backfill.leftOut();
    String done = "%d of %d done".formatted(backfill.succeeded() + backfill.failed(), wanted);
    if (backfill.active() > 0) {
      done += ", %d under way".formatted(backfill.active());
    }
    return backfill.failed() > 0 ? done + ", %d failed".formatted(backfill.failed()) : done;
  }

  private static List<String> reasons(Graph graph) {
    List<String> reasons = new ArrayList<>();
    ScheduleSpec schedule = graph.schedule();
    if (schedule != null) {
      reasons.add("By its schedule: " + Cron.words(schedule) + overlap(schedule) + ".");
    }
    StartSpec starts = graph.starts();
    if (starts != null) {
      starts
          .whenPublished()
          .forEach(
              rule ->
                  reasons.add(
                      "When there is a new version of "
                          + String.join(" and of ", rule.datasets())
                          + "."));
      starts
          .webhooks()
          .forEach(
              webhook ->
                  reasons.add(
                      "When another system calls /api/v1/hooks/%s/%s."
                          .formatted(graph.name(), webhook.name())));
      if (starts.newVersion()) {
        reasons.add("When a new version of it is published.");
      }
      if (starts.maximumActiveRuns() > 0) {
        reasons.add(
            "At most %s at once; the others wait their turn."
                .formatted(Words.counted(starts.maximumActiveRuns(), "run", "runs")));
      }
    }
    return reasons;
  }

  private static String overlap(ScheduleSpec schedule) {
    Overlap policy = schedule.overlapOrDefault();
    return switch (policy) {
      case SKIP -> "; left out while an earlier run goes on";
      case BUFFER_ONE -> "; one run waits while an earlier one goes on";
      case BUFFER_ALL -> "; one run after another";
      case CANCEL -> "; an earlier run is cancelled";
      case ALLOW -> "";
    };
  }
}
