package dev.airlock.web.ui;

import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.store.Page;
import dev.airlock.store.PipelineSummary;
import dev.airlock.store.Run;
import dev.airlock.store.Store;
import dev.airlock.web.drawing.Strip;
import dev.airlock.workflows.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads pipelines with their last runs. */
final class PipelineRows {
  static final int STRIP = 14;

  private final Supplier<Store> store;

  PipelineRows(Supplier<Store> store) {
    this.store = store;
  }

  /** A part of the pipelines, by name. */
  Page<PipelineRow> page(Instant now, int limit, @Nullable String cursor) {
    Page<PipelineSummary> page = store.get().pipelines().page(limit, cursor);
    List<String> names = page.items().stream().map(PipelineSummary::name).toList();
    Map<String, List<Run>> runs =
        store.get().runs().newest(names, STRIP).stream()
            .collect(Collectors.groupingBy(Run::pipeline));
    Map<String, ScheduleSpec> schedules = store.get().pipelines().schedules(names);
    return new Page<>(
        page.items().stream()
            .map(
                pipeline ->
                    row(
                        pipeline,
                        runs.getOrDefault(pipeline.name(), List.of()),
                        schedules.get(pipeline.name()),
                        now))
            .toList(),
        page.next());
  }

  private static PipelineRow row(
      PipelineSummary pipeline, List<Run> runs, @Nullable ScheduleSpec schedule, Instant now) {
    return new PipelineRow(
        pipeline.name(),
        pipeline.owner(),
        pipeline.lastRunState() == null ? "" : pipeline.lastRunState().word(),
        strip(runs, now),
        schedule(pipeline, schedule),
        median(runs));
  }

  static String schedule(PipelineSummary pipeline, @Nullable ScheduleSpec schedule) {
    if (pipeline.unpublishedAt() != null) {
      return "no longer published";
    }
    if (schedule == null) {
      return "by hand";
    }
    return pipeline.paused() ? "paused" : Cron.words(schedule);
  }

  static Strip strip(List<Run> newestFirst, Instant now) {
    List<Strip.Piece> pieces = new ArrayList<>();
    for (Run run : newestFirst) {
      pieces.add(
          new Strip.Piece(
              took(run, now),
              run.state().word(),
              "/runs/" + run.id(),
              "run %d, %s, %s"
                  .formatted(run.id(), run.state().word(), Words.duration(took(run, now)))));
    }
    Collections.reverse(pieces);
    return Strip.of(pieces);
  }

  private static Duration took(Run run, Instant now) {
    Instant from = run.startedAt() == null ? run.createdAt() : run.startedAt();
    return Duration.between(from, run.endedAt() == null ? now : run.endedAt());
  }

  /** The middle one of those that succeeded. */
  private static String median(List<Run> runs) {
    List<Duration> took =
        runs.stream()
            .filter(run -> run.state() == RunState.SUCCEEDED)
            .map(run -> took(run, Instant.now()))
            .sorted()
            .toList();
    return took.isEmpty() ? "–" : Words.duration(took.get(took.size() / 2));
  }
}
