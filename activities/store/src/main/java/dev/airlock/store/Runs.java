package dev.airlock.store;

import dev.airlock.workflows.Json;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.RunState;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/** Runs, their stages and what happened to them. */
@RegisterConstructorMapper(Run.class)
@RegisterConstructorMapper(RunStage.class)
@RegisterConstructorMapper(StageEvent.class)
@RegisterConstructorMapper(StageAttempt.class)
@RegisterConstructorMapper(StageReuse.class)
@RegisterConstructorMapper(CallingStage.class)
@RegisterConstructorMapper(CalledRun.class)
@RegisterConstructorMapper(FailureStreak.class)
public interface Runs extends SqlObject {

  /**
   * Writes down a run of the pipeline's current version, all its stages pending, and has it carried
   * to Temporal, in one transaction. Idempotent under (pipeline, idempotency key).
   *
   * @throws UnknownEntityException where there is no such pipeline, or its jar is gone
   * @throws InvalidParamsException with everything that is wrong with the params
   */
  @Transaction
  default RequestedRun request(NewRun wish) {
    Handle handle = getHandle();
    Optional<Long> earlier = byKey(wish.pipeline(), wish.idempotencyKey());
    if (earlier.isPresent()) {
      return new RequestedRun(earlier.get(), false);
    }
    CheckedRun checked = check(wish);
    boolean mayHold = Admission.mayHold(handle, wish);
    if (mayHold) {
      Admission.lock(handle, wish.pipeline());
    }
    Optional<Long> inserted = RunRows.insert(handle, wish, checked, mayHold);
    if (inserted.isEmpty()) {
      return new RequestedRun(byKey(wish.pipeline(), wish.idempotencyKey()).orElseThrow(), false);
    }
    if (mayHold) {
      Admission.admit(handle, wish.pipeline());
    } else {
      Outbox.post(handle, OutboxKind.START_RUN, inserted.get());
    }
    return new RequestedRun(inserted.get(), true);
  }

  /** As {@link #request}, of a run whose turn has come. */
  @Transaction
  default long startNow(NewRun wish) {
    Handle handle = getHandle();
    Optional<Long> inserted = RunRows.insert(handle, wish, check(wish), false);
    if (inserted.isEmpty()) {
      return byKey(wish.pipeline(), wish.idempotencyKey()).orElseThrow();
    }
    Outbox.post(handle, OutboxKind.START_RUN, inserted.get());
    return inserted.get();
  }

  /** Why a run has not started; empty where nothing holds it. */
  @Transaction
  default Optional<String> whyQueued(Run run) {
    return Admission.whyQueued(getHandle(), run);
  }

  /**
   * Starts runs whose turn had come when a process died that was to start them, or by a change of
   * the pipeline. Idempotent.
   */
  default void admitOverdue() {
    Admission.sweep(getHandle().getJdbi());
  }

  private static PipelineVersion versionOf(Handle handle, NewRun wish) {
    Pipelines pipelines = handle.attach(Pipelines.class);
    return wish.resumption() == null
        ? pipelines.runnable(wish.pipeline())
        : pipelines.version(wish.pipeline(), wish.resumption().version()).orElseThrow();
  }

  /**
   * What a wish would start, without starting it.
   *
   * @throws UnknownEntityException where there is no such pipeline, or its jar is gone
   * @throws InvalidParamsException with everything that is wrong with the params, or the queues
   *     that no worker takes
   */
  default CheckedRun check(NewRun wish) {
    PipelineVersion version = versionOf(getHandle(), wish);
    SortedMap<String, String> params = ParamCheck.complete(version.graph().params(), wish.params());
    CanaryPlan.check(version.graph(), params);
    List<String> faults = queueFaults(version, wish);
    if (!faults.isEmpty()) {
      throw new InvalidParamsException("Nobody would carry the run out", faults);
    }
    return new CheckedRun(version, params);
  }

  /** Results that a run takes over need no worker. */
  private List<String> queueFaults(PipelineVersion version, NewRun wish) {
    Set<String> there = wish.resumption() == null ? Set.of() : wish.resumption().outputs().keySet();
    return getHandle()
        .attach(Queues.class)
        .faults(
            version.graph().stages().stream()
                .filter(stage -> !there.contains(stage.name()))
                .toList());
  }

  /**
   * The same, with tags.
   *
   * @throws InvalidParamsException where the tags won't do, too
   */
  @Transaction
  default RequestedRun request(NewRun wish, List<String> tags) {
    List<String> faults = RunTags.faults(tags);
    if (!faults.isEmpty()) {
      throw new InvalidParamsException(faults);
    }
    RequestedRun run = request(wish);
    if (run.isNew() && !tags.isEmpty()) {
      annotate(run.id(), null, tags, wish.acting());
    }
    return run;
  }

  /**
   * Everything that is wrong with the params of a wished run, by the params' names; what is wrong
   * with several at once, or with its queues, under the empty name.
   *
   * @throws UnknownEntityException where there is no such pipeline, or its file is gone
   */
  default Map<String, String> paramFaults(String pipeline, Map<String, String> given) {
    PipelineVersion version = getHandle().attach(Pipelines.class).runnable(pipeline);
    Map<String, String> faults = ParamCheck.faults(version.graph().params(), given);
    if (faults.isEmpty()) {
      try {
        CanaryPlan.check(version.graph(), ParamCheck.complete(version.graph().params(), given));
      } catch (InvalidParamsException e) {
        faults.put("", String.join(" ", e.problems()));
      }
    }
    List<String> queues = getHandle().attach(Queues.class).faults(version.graph().stages());
    if (!queues.isEmpty()) {
      faults.merge("", String.join(" ", queues), (canary, more) -> canary + " " + more);
    }
    return faults;
  }

  /**
   * Changes what people have noted of a run.
   *
   * @param note the new note, or null to leave it
   * @param tags the new tags in place of all old ones, or null to leave them
   * @return false where there is no such run
   */
  @Transaction
  default boolean annotate(
      long id, @Nullable String note, @Nullable List<String> tags, Acting acting) {
    Optional<Run> before = lockedForWords(id);
    if (before.isEmpty()) {
      return false;
    }
    getHandle()
        .createUpdate(
            """
            update run set note = coalesce(:note, note), tags = coalesce(:tags::jsonb, tags)
            where id = :id
            """)
        .bind("id", id)
        .bind("note", note)
        .bind("tags", tags == null ? null : Json.write(RunTags.tidy(tags)))
        .execute();
    RunAudit.annotated(getHandle(), acting, before.get(), find(id).orElseThrow());
    return true;
  }

  /** The run, whose words nobody else changes until the end of the transaction. */
  @SqlQuery("select * from run where id = :id for no key update")
  Optional<Run> lockedForWords(long id);

  /** The tags that the newest 1,000 runs with tags carry, the most used first; 100 at most. */
  @SqlQuery(
      """
      select tag from (select tags from run where tags <> '[]' order by id desc limit 1000) as newest
      cross join lateral jsonb_array_elements_text(tags) as tag
      group by tag order by count(*) desc, tag limit 100
      """)
  List<String> tags();

  /** The run that an idempotency key made. */
  @SqlQuery("select id from run where pipeline = :pipeline and idempotency_key = :key")
  Optional<Long> byKey(String pipeline, @Nullable String key);

  /** Whose results a run's stages took, and why; also why not, where that was looked into. */
  @SqlQuery(
      """
      select stage, decided_by, made_by, reason from stage_reuse
      where run_id = :id order by decided_by desc, stage
      """)
  List<StageReuse> reuses(long id);

  /** Since when a stage of the pipeline fails, as the run finds it; of its last 1,000 runs. */
  @SqlQuery(
      """
      with tried as (
        select r.id, s.state, coalesce(s.ended_at, r.created_at) as at
        from (select id, created_at from run
              where pipeline = :pipeline and id <= :id order by id desc limit 1000) r
        join stage s on s.run_id = r.id and s.name = :stage
      ), good as (
        select id, at from tried where state = 'succeeded' order by id desc limit 1
      )
      select (select id from good) as succeeded_run, (select at from good) as succeeded_at,
             min(id) as first_run, min(at) as first_at, count(*) as runs
      from tried where state = 'failed' and id > coalesce((select id from good), 0)
      """)
  FailureStreak failingSince(String pipeline, String stage, long id);

  /** The runs that resume this one, oldest first. */
  @SqlQuery("select * from run where parent = :id order by id")
  List<Run> children(long id);

  /**
   * Asks for a run's cancellation and has that carried to Temporal. Idempotent under the run's id.
   *
   * @return false where the run has ended
   * @throws UnknownEntityException where there is no such run
   */
  @Transaction
  default boolean cancel(long id, Acting acting) {
    Handle handle = getHandle();
    RunState state =
        handle
            .createQuery("select state from run where id = :id for update")
            .bind("id", id)
            .mapTo(RunState.class)
            .findOne()
            .orElseThrow(() -> new UnknownEntityException("There is no run " + id + "."));
    if (state.isFinal()) {
      return false;
    }
    int asked =
        handle
            .createUpdate(
                """
            update run set cancel_requested_by = :by, cancel_requested_at = now()
            where id = :id and cancel_requested_at is null
            """)
            .bind("id", id)
            .bind("by", acting.actor())
            .execute();
    if (asked == 1) {
      RunAudit.cancelled(handle, acting, id, Words.of(state));
    }
    if (isHeld(handle, id)) {
      PostgresRunLedger.cancelHeld(handle, id);
    } else {
      Outbox.post(handle, OutboxKind.CANCEL_RUN, id);
    }
    return true;
  }

  private static boolean isHeld(Handle handle, long id) {
    return handle
        .createQuery("select held from run where id = :id")
        .bind("id", id)
        .mapTo(Boolean.class)
        .one();
  }

  @SqlQuery("select * from run where id = :id")
  Optional<Run> find(long id);

  /**
   * Runs, newest first.
   *
   * @param pipeline only those of this pipeline, or null
   * @param state only those in this state, or null
   * @param limit of the page, at most {@link Page#LARGEST}
   * @param cursor of an earlier page, or null for the first
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<Run> list(
      @Nullable String pipeline, @Nullable RunState state, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(listBefore(pipeline, state, Page.before(cursor), bounded + 1), bounded, Run::id);
  }

  /**
   * The same, of those alone that carry a tag.
   *
   * @param tag only those with this tag, or null
   */
  default Page<Run> list(
      @Nullable String pipeline,
      @Nullable RunState state,
      @Nullable String tag,
      int limit,
      @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(
        listBefore(pipeline, state, tag, Page.before(cursor), bounded + 1), bounded, Run::id);
  }

  /** The rows behind {@link #list}. */
  @SqlQuery(
      """
      select * from run
      where id < :before
        and (:pipeline::text is null or pipeline = :pipeline)
        and (:state::text is null or state = :state)
        and (:tag::text is null or tags @> jsonb_build_array(:tag::text))
      order by id desc
      limit :limit
      """)
  List<Run> listBefore(
      @Nullable String pipeline,
      @Nullable RunState state,
      @Nullable String tag,
      long before,
      int limit);

  /** The rows behind {@link #list}. */
  @SqlQuery(
      """
      select * from run
      where id < :before
        and (:pipeline::text is null or pipeline = :pipeline)
        and (:state::text is null or state = :state)
      order by id desc
      limit :limit
      """)
  List<Run> listBefore(@Nullable String pipeline, @Nullable RunState state, long before, int limit);

  /** The newest runs of each of these pipelines, newest first. */
  default List<Run> newest(List<String> pipelines, int ofEach) {
    return getHandle()
        .createQuery(
            """
            select r.* from unnest(:pipelines) as wanted(name)
            cross join lateral (
              select * from run where run.pipeline = wanted.name order by id desc limit :ofEach) r
            order by r.id desc
            """)
        .bindArray("pipelines", String.class, pipelines)
        .bind("ofEach", ofEach)
        .mapTo(Run.class)
        .list();
  }

  /**
   * Of each pipeline its newest run where that has failed, newest first: those of these pipelines
   * after all others, however new they are.
   */
  default List<Run> newestFailed(Collection<String> last, int limit) {
    return getHandle()
        .createQuery(
            """
            select r.* from pipeline p
            cross join lateral (
              select * from run where run.pipeline = p.name order by id desc limit 1) r
            where r.state = 'failed'
            order by p.name = any(:last), r.id desc
            limit :limit
            """)
        .bindArray("last", String.class, last)
        .bind("limit", limit)
        .mapTo(Run.class)
        .list();
  }

  /** The run with its stages and attempts. */
  @Transaction
  default Optional<RunDetail> detail(long id) {
    return find(id).map(run -> new RunDetail(run, stages(id), attempts(id)));
  }

  /** The run's stages in the graph's order. */
  @SqlQuery("select * from stage where run_id = :id order by position")
  List<RunStage> stages(long id);

  /** Every attempt at the run's stages, oldest first. */
  @SqlQuery("select * from stage_attempt where run_id = :id order by started_at, stage, attempt")
  List<StageAttempt> attempts(long id);

  /** At most a thousand changes after {@code sequence}, in their order; from the start after 0. */
  default List<StageEvent> eventsSince(long id, int sequence) {
    return events(id, sequence, 1_000);
  }

  /**
   * A part of a run's changes, in their order.
   *
   * @param after the sequence of the change before the first page; 0 for the start
   * @param limit of the page, at most {@link Page#LARGEST}
   * @param cursor of an earlier page, or null for the first
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<StageEvent> eventPage(long id, int after, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    int from = cursor == null ? after : (int) Math.min(Integer.MAX_VALUE, Page.before(cursor));
    return Page.of(events(id, from, bounded + 1), bounded, StageEvent::sequence);
  }

  /** The rows behind {@link #eventPage}. */
  @SqlQuery(
      """
      select * from stage_event where run_id = :id and sequence > :sequence
      order by sequence limit :limit
      """)
  List<StageEvent> events(long id, int sequence, int limit);

  /** The number of the run's newest change, 0 before the first. */
  @SqlQuery("select coalesce(max(sequence), 0) from stage_event where run_id = :id")
  int lastSequence(long id);

  /** The stage that asked for the run; empty where none did. */
  @SqlQuery(
      """
      select c.id as run_id, c.pipeline, r.called_by_stage as stage
      from run r join run c on c.id = r.called_by
      where r.id = :id
      """)
  Optional<CallingStage> caller(long id);

  /** The runs that the run's stages have asked for, in their order. */
  @SqlQuery(
      """
      select called_by_stage as stage, id as run_id, pipeline, state from run
      where called_by = :id order by id
      """)
  List<CalledRun> calledBy(long id);

  /** What the run's workflow is started with. */
  @Transaction
  default Optional<RunRequest> startRequest(long id) {
    return find(id)
        .map(
            run -> {
              PipelineVersion version =
                  getHandle()
                      .attach(Pipelines.class)
                      .version(run.pipeline(), run.version())
                      .orElseThrow();
              return new RunRequest(
                  run.id(),
                  run.version(),
                  version.graph(),
                  version.codeDigest(),
                  run.logicalDate(),
                  run.params(),
                  run.requestedBy(),
                  run.triggeredBy(),
                  RunRows.reused(getHandle(), run));
            });
  }
}
