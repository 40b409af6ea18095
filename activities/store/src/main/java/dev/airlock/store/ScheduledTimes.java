package dev.airlock.store;

import dev.airlock.dsl.NextTimes;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.dsl.graph.ScheduleSpec.Overlap;
import dev.airlock.workflows.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/** What became of each time of a pipeline's schedule. */
@RegisterConstructorMapper(ScheduledTimes.Decided.class)
public interface ScheduledTimes extends SqlObject {

  /**
   * One time.
   *
   * @param runId the run that it started, or null
   * @param leftOut why it started none, or null
   */
  record Decided(Instant logicalDate, @Nullable Long runId, @Nullable String leftOut) {}

  /** Newest first. */
  @SqlQuery(
      """
      select logical_date, run_id, left_out from schedule_time
      where pipeline = :pipeline order by logical_date desc limit :limit
      """)
  List<Decided> newest(String pipeline, int limit);

  /** What became of one time; empty where nothing was decided. */
  @SqlQuery(
      """
      select logical_date, run_id, left_out from schedule_time
      where pipeline = :pipeline and logical_date = :logicalDate
      """)
  Optional<Decided> at(String pipeline, Instant logicalDate);

  /**
   * Decides about one time, by what goes on in PostgreSQL: the run that it starts, or why none.
   * Idempotent under (pipeline, logical date).
   *
   * @return null where there is no such pipeline any more, or the moment is none of its times
   * @throws InvalidParamsException where the pipeline can't run on its defaults
   */
  @Transaction
  default @Nullable Decided decide(String pipeline, Instant logicalDate) {
    Handle handle = getHandle();
    if (!Admission.lock(handle, pipeline)) {
      return null;
    }
    Optional<Decided> before = at(pipeline, logicalDate);
    if (before.isPresent()) {
      return before.get();
    }
    Pipelines pipelines = handle.attach(Pipelines.class);
    PipelineSummary summary = pipelines.find(pipeline).orElseThrow();
    if (!isMeant(pipelines, pipeline, logicalDate)) {
      return null;
    }
    Decided decided;
    if (summary.unpublishedAt() != null) {
      decided = leftOut(logicalDate, "The pipeline was no longer published.");
    } else if (summary.paused()) {
      decided = leftOut(logicalDate, "The schedule was paused.");
    } else {
      PipelineVersion version = pipelines.runnable(pipeline);
      decided =
          missed(handle, version.graph().schedule(), logicalDate)
              .or(() -> untaken(handle, version))
              .map(because -> leftOut(logicalDate, because))
              .orElseGet(() -> overlap(handle, version, logicalDate));
    }
    handle
        .createUpdate(
            """
            insert into schedule_time (pipeline, logical_date, run_id, left_out)
            values (:pipeline, :logicalDate, :run, :leftOut)
            """)
        .bind("pipeline", pipeline)
        .bind("logicalDate", logicalDate)
        .bind("run", decided.runId())
        .bind("leftOut", decided.leftOut())
        .execute();
    return decided;
  }

  /** Temporal looks at more times than are the schedule's: see {@link NextTimes#utcExpressions}. */
  private static boolean isMeant(Pipelines pipelines, String pipeline, Instant logicalDate) {
    ScheduleSpec schedule =
        pipelines.current(pipeline).map(version -> version.graph().schedule()).orElse(null);
    return schedule == null || NextTimes.of(schedule).contains(logicalDate);
  }

  /**
   * Temporal goes on while no worker takes up what it starts: only here is known how late it is, by
   * the moment that is noted with what is decided.
   */
  private static Optional<String> missed(
      Handle handle, @Nullable ScheduleSpec schedule, Instant logicalDate) {
    Duration window = schedule == null ? null : schedule.catchUp();
    if (schedule == null || window == null) {
      return Optional.empty();
    }
    Instant now = handle.createQuery("select now()").mapTo(Instant.class).one();
    Duration late = Duration.between(logicalDate, now);
    Duration jitter = Objects.requireNonNullElse(schedule.jitter(), Duration.ZERO);
    return late.compareTo(window.plus(jitter)) > 0
        ? Optional.of(
            "No worker was there in time: it came %s late, and the window to catch up is %s."
                .formatted(Words.time(late), Words.time(window)))
        : Optional.empty();
  }

  private static Optional<String> untaken(Handle handle, PipelineVersion version) {
    List<String> faults = handle.attach(Queues.class).faults(version.graph().stages());
    return faults.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", faults));
  }

  private static Decided leftOut(Instant logicalDate, String because) {
    return new Decided(logicalDate, null, because);
  }

  private static Decided overlap(Handle handle, PipelineVersion version, Instant logicalDate) {
    ScheduleSpec schedule = version.graph().schedule();
    Overlap policy = schedule == null ? Overlap.ALLOW : schedule.overlapOrDefault();
    List<Earlier> earlier = policy == Overlap.ALLOW ? List.of() : earlier(handle, version);
    if (!earlier.isEmpty()) {
      long first = earlier.get(0).id();
      if (policy == Overlap.SKIP) {
        return leftOut(logicalDate, "Run %d was still under way.".formatted(first));
      }
      Optional<Earlier> held = earlier.stream().filter(Earlier::held).findFirst();
      if (policy == Overlap.BUFFER_ONE && held.isPresent()) {
        return leftOut(
            logicalDate,
            "Run %d was still under way, and run %d waited for it already."
                .formatted(first, held.get().id()));
      }
      if (policy == Overlap.CANCEL) {
        Runs runs = handle.attach(Runs.class);
        earlier.forEach(
            run -> runs.cancel(run.id(), Acting.within("schedule", Origin.Channel.SCHEDULE)));
      }
    }
    NewRun wish =
        new NewRun(
            version.pipeline(),
            Map.of(),
            logicalDate,
            Acting.within(version.publishedBy(), Origin.Channel.SCHEDULE),
            "schedule",
            "",
            Json.write(new Trigger("schedule", logicalDate)),
            "schedule/" + logicalDate);
    return new Decided(logicalDate, handle.attach(Runs.class).request(wish).id(), null);
  }

  /** A scheduled run that has not ended. */
  record Earlier(long id, boolean held) {}

  private static List<Earlier> earlier(Handle handle, PipelineVersion version) {
    return handle
        .createQuery(
            """
            select id, held from run
            where pipeline = :pipeline and state in ('queued', 'running', 'waiting')
              and triggered_by = 'schedule'
            order by id
            """)
        .bind("pipeline", version.pipeline())
        .map((row, context) -> new Earlier(row.getLong("id"), row.getBoolean("held")))
        .list();
  }

  /** What a run keeps of the time that started it. */
  record Trigger(String kind, Instant scheduledFor) {}
}
