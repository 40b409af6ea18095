package dev.airlock.store;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.dsl.graph.ScheduleSpec.Overlap;
import dev.airlock.dsl.graph.StartSpec;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a run's turn has come. Whoever asks for a run, and whoever ends one, holds the lock
 * of its pipeline meanwhile, so that the limits hold however many do so at once. What is decided is
 * a row: a process that dies in between leaves it to {@link #sweep}.
 */
final class Admission {

  private static final Logger log = LoggerFactory.getLogger(Admission.class);

  /** How many held runs are looked at in one go. */
  private static final int AT_ONCE = 100;

  private static final String SCHEDULE = "schedule";

  private final Handle handle;
  private final String pipeline;
  private final int limit;
  private final boolean oneScheduledAtATime;
  private int active;

  private Admission(Handle handle, String pipeline, @Nullable Graph graph) {
    this.handle = handle;
    this.pipeline = pipeline;
    this.limit = graph == null ? 0 : limit(graph);
    this.oneScheduledAtATime = graph != null && isSerial(graph);
    this.active = active(handle, pipeline);
  }

  static int limit(Graph graph) {
    StartSpec starts = graph.starts();
    return starts == null ? 0 : starts.maximumActiveRuns();
  }

  private static boolean isSerial(Graph graph) {
    ScheduleSpec schedule = graph.schedule();
    return schedule != null && schedule.overlapOrDefault() != Overlap.ALLOW;
  }

  /** Whether a wished run may have to wait its turn. */
  static boolean mayHold(Handle handle, NewRun wish) {
    return handle
        .attach(Pipelines.class)
        .current(wish.pipeline())
        .map(PipelineVersion::graph)
        .filter(
            graph -> limit(graph) > 0 || (wish.triggeredBy().equals(SCHEDULE) && isSerial(graph)))
        .isPresent();
  }

  /**
   * Has whoever decides about runs of the pipeline do so one after another, until the end of the
   * transaction. Comes before the lock of any run.
   *
   * @return false where there is no such pipeline
   */
  static boolean lock(Handle handle, String pipeline) {
    return handle
        .createQuery("select true from pipeline where name = :name for no key update")
        .bind("name", pipeline)
        .mapTo(Boolean.class)
        .findOne()
        .isPresent();
  }

  /** Starts whatever may start now, in the order in which it was asked for; then backfills. */
  static void admit(Handle handle, String pipeline) {
    if (!lock(handle, pipeline)) {
      return;
    }
    Graph graph =
        handle.attach(Pipelines.class).current(pipeline).map(PipelineVersion::graph).orElse(null);
    Admission admission = new Admission(handle, pipeline, graph);
    admission.admitHeld();
    BackfillSteps.of(handle, pipeline).forEach(admission::advance);
  }

  /** After the end of a run: others may have waited for it. */
  static void afterEndOf(Jdbi jdbi, long runId) {
    try {
      jdbi.useTransaction(
          handle ->
              handle
                  .createQuery("select pipeline from run where id = :run")
                  .bind("run", runId)
                  .mapTo(String.class)
                  .findOne()
                  .ifPresent(pipeline -> admit(handle, pipeline)));
    } catch (RuntimeException e) {
      // The end itself is written; the next sweep does this again.
      log.warn(
          "Runs that wait for the end of run {} start a little later: {}", runId, e.toString());
    }
  }

  /** Starts what should have started: whoever was to do so has died. Idempotent. */
  static void sweep(Jdbi jdbi) {
    List<String> waiting =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select pipeline from run where held and state = 'queued'
                        union
                        select b.pipeline from backfill_date d join backfill b on b.id = d.backfill_id
                        where d.state = 'pending'
                        """)
                    .mapTo(String.class)
                    .list());
    waiting.forEach(pipeline -> jdbi.useTransaction(handle -> admit(handle, pipeline)));
  }

  private static int active(Handle handle, String pipeline) {
    return handle
        .createQuery(
            """
            select count(*) from run
            where pipeline = :pipeline and state in ('queued', 'running', 'waiting') and not held
            """)
        .bind("pipeline", pipeline)
        .mapTo(Integer.class)
        .one();
  }

  private boolean isFull() {
    return limit > 0 && active >= limit;
  }

  private void admitHeld() {
    if (isFull()) {
      return;
    }
    for (Held run : held()) {
      if (isFull()) {
        return;
      }
      if (!waitsForAnother(run)) {
        start(run.id());
      }
    }
  }

  private record Held(long id, String triggeredBy) {}

  private List<Held> held() {
    return handle
        .createQuery(
            """
            select id, triggered_by from run
            where pipeline = :pipeline and held and state = 'queued'
            order by id limit :atOnce
            """)
        .bind("pipeline", pipeline)
        .bind("atOnce", AT_ONCE)
        .map((row, context) -> new Held(row.getLong("id"), row.getString("triggered_by")))
        .list();
  }

  private boolean waitsForAnother(Held run) {
    return oneScheduledAtATime
        && run.triggeredBy().equals(SCHEDULE)
        && earlierScheduled(handle, pipeline, run.id()).isPresent();
  }

  /** The oldest scheduled run before another one that has not ended. */
  static Optional<Long> earlierScheduled(Handle handle, String pipeline, long before) {
    return handle
        .createQuery(
            """
            select id from run
            where pipeline = :pipeline and state in ('queued', 'running', 'waiting')
              and triggered_by = 'schedule' and id < :before
            order by id limit 1
            """)
        .bind("pipeline", pipeline)
        .bind("before", before)
        .mapTo(Long.class)
        .findOne();
  }

  private void start(long runId) {
    int started =
        handle
            .createUpdate(
                "update run set held = false where id = :run and held and state = 'queued'")
            .bind("run", runId)
            .execute();
    if (started == 1) {
      Outbox.post(handle, OutboxKind.START_RUN, runId);
      active++;
    }
  }

  private void advance(BackfillSteps backfill) {
    while (!isFull() && backfill.hasRoom() && backfill.startNext()) {
      active++;
    }
  }

  /** Why a run has not started; empty where nothing holds it. */
  static Optional<String> whyQueued(Handle handle, Run run) {
    boolean held =
        handle
            .createQuery("select held and state = 'queued' from run where id = :run")
            .bind("run", run.id())
            .mapTo(Boolean.class)
            .one();
    if (!held) {
      return Optional.empty();
    }
    Graph graph = handle.attach(Pipelines.class).current(run.pipeline()).orElseThrow().graph();
    Admission admission = new Admission(handle, run.pipeline(), graph);
    if (admission.waitsForAnother(new Held(run.id(), run.triggeredBy()))) {
      long other = earlierScheduled(handle, run.pipeline(), run.id()).orElseThrow();
      return Optional.of(
          "It waits until run %d has ended: runs of the schedule go one after another."
              .formatted(other));
    }
    return Optional.of(
        "It waits its turn: at most %s of %s may go at once, %d under way; %s before it."
            .formatted(
                admission.limit == 1 ? "1 run" : admission.limit + " runs",
                run.pipeline(),
                admission.active,
                admission.before(run.id())));
  }

  private String before(long runId) {
    int before =
        handle
            .createQuery(
                """
                select count(*) from run
                where pipeline = :pipeline and held and state = 'queued' and id < :run
                """)
            .bind("pipeline", pipeline)
            .bind("run", runId)
            .mapTo(Integer.class)
            .one();
    return switch (before) {
      case 0 -> "nobody is";
      case 1 -> "1 more is";
      default -> before + " more are";
    };
  }
}
