package dev.airlock.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/** Backfills and their dates. */
@RegisterConstructorMapper(Backfill.class)
@RegisterConstructorMapper(BackfillDate.class)
public interface Backfills extends SqlObject {

  /** A backfill with how far it has come. */
  String SUMMARY =
      """
      select b.*, n.*,
             case when n.pending > 0 or n.active > 0 then 'running'
                  when b.cancelled_at is not null then 'cancelled'
                  when n.failed > 0 then 'failed' else 'succeeded' end as state
      from backfill b cross join lateral (
        select count(*) as total,
               count(*) filter (where d.state = 'pending') as pending,
               count(*) filter (where r.state in ('queued', 'running', 'waiting')) as active,
               count(*) filter (where r.state = 'succeeded') as succeeded,
               count(*) filter (where r.state in ('failed', 'cancelled')) as failed,
               count(*) filter (where d.state in ('left-out', 'cancelled')) as left_out
        from backfill_date d left join run r on r.id = d.run_id
        where d.backfill_id = b.id) as n
      """;

  /**
   * What a backfill would do now, without doing it.
   *
   * @throws UnknownEntityException where there is no such pipeline, or its jar is gone
   * @throws InvalidBackfillException where it can't be, such as without a schedule
   * @throws InvalidParamsException with everything that is wrong with the params
   */
  @Transaction
  default List<BackfillDate> plan(NewBackfill wish) {
    return BackfillPlan.of(getHandle(), wish, Instant.now());
  }

  /**
   * Writes a backfill down, and starts what of it may start. Its dates and what becomes of each are
   * settled now; runs are made when their turn comes. Idempotent under (pipeline, idempotency key).
   *
   * @return its id
   * @throws UnknownEntityException as {@link #plan}, and so the others
   */
  @Transaction
  default long request(NewBackfill wish) {
    Handle handle = getHandle();
    Admission.lock(handle, wish.pipeline());
    Optional<Long> earlier = byKey(wish.pipeline(), wish.idempotencyKey());
    if (earlier.isPresent()) {
      return earlier.get();
    }
    List<BackfillDate> plan = BackfillPlan.of(handle, wish, Instant.now());
    long id = insert(handle, wish);
    PreparedBatch batch =
        handle.prepareBatch(
            """
            insert into backfill_date (backfill_id, position, logical_date, state, because)
            values (:backfill, :position, :logicalDate, :state, :because)
            """);
    for (int position = 0; position < plan.size(); position++) {
      BackfillDate date = plan.get(position);
      batch
          .bind("backfill", id)
          .bind("position", position)
          .bind("logicalDate", date.logicalDate())
          .bind("state", date.state())
          .bind("because", date.because())
          .add();
    }
    batch.execute();
    Audit.record(
        handle,
        wish.acting()
            .did(AuditAction.START_BACKFILL, "backfill", id)
            .after(
                Map.of(
                    "pipeline", wish.pipeline(),
                    "from", wish.from(),
                    "to", wish.to(),
                    "params", new TreeMap<>(wish.params()),
                    "maxActive", wish.maxActive(),
                    "rerun", Words.of(wish.rerun()),
                    "dates", plan.size(),
                    "note", wish.note())));
    Admission.admit(handle, wish.pipeline());
    return id;
  }

  /** The backfill that an idempotency key made. */
  @SqlQuery("select id from backfill where pipeline = :pipeline and idempotency_key = :key")
  Optional<Long> byKey(String pipeline, @Nullable String key);

  private static long insert(Handle handle, NewBackfill wish) {
    return handle
        .createQuery(
            """
            insert into backfill (pipeline, first_date, last_date, params, max_active, sequence,
                                  rerun, note, requested_by, idempotency_key)
            values (:pipeline, :from, :to, :params::jsonb, :maxActive, :sequence,
                    :rerun, :note, :requestedBy, :key)
            returning id
            """)
        .bind("pipeline", wish.pipeline())
        .bind("from", wish.from())
        .bind("to", wish.to())
        .bind("params", BackfillSteps.json(wish.params()))
        .bind("maxActive", wish.maxActive())
        .bind("sequence", wish.sequence())
        .bind("rerun", wish.rerun())
        .bind("note", wish.note())
        .bind("requestedBy", wish.requestedBy())
        .bind("key", wish.idempotencyKey())
        .mapTo(Long.class)
        .one();
  }

  /**
   * Starts no more dates of a backfill. Runs that are under way go on. Idempotent.
   *
   * @return false where none of its dates was waiting
   * @throws UnknownEntityException where there is no such backfill
   */
  @Transaction
  default boolean cancel(long id, Acting acting) {
    Handle handle = getHandle();
    Backfill backfill =
        find(id).orElseThrow(() -> new UnknownEntityException("There is no backfill " + id + "."));
    Admission.lock(handle, backfill.pipeline());
    int cancelled =
        handle
            .createUpdate(
                """
                update backfill_date set state = 'cancelled', because = :because
                where backfill_id = :id and state = 'pending'
                """)
            .bind("id", id)
            .bind("because", acting.actor() + " has cancelled the backfill.")
            .execute();
    if (cancelled > 0) {
      handle
          .createUpdate(
              "update backfill set cancelled_by = :by, cancelled_at = now() where id = :id")
          .bind("by", acting.actor())
          .bind("id", id)
          .execute();
      Audit.record(
          handle,
          acting
              .did(AuditAction.CANCEL_BACKFILL, "backfill", id)
              .after(Map.of("cancelled", cancelled)));
    }
    return cancelled > 0;
  }

  @SqlQuery(SUMMARY + " where b.id = :id")
  Optional<Backfill> find(long id);

  /**
   * A part of the backfills of a pipeline, or of all where it is null, newest first.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<Backfill> list(@Nullable String pipeline, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(listBefore(pipeline, Page.before(cursor), bounded + 1), bounded, Backfill::id);
  }

  /** The rows behind {@link #list}. */
  @SqlQuery(
      SUMMARY
          + """
             where b.id < :before and (:pipeline::text is null or b.pipeline = :pipeline)
            order by b.id desc limit :limit
            """)
  List<Backfill> listBefore(@Nullable String pipeline, long before, int limit);

  /** Those of a pipeline that still have dates to start, oldest first. */
  @SqlQuery(SUMMARY + " where b.pipeline = :pipeline and n.pending > 0 order by b.id")
  List<Backfill> open(String pipeline);

  /** In the order in which they start. */
  @SqlQuery(
      """
      select d.logical_date, d.state, d.because, d.run_id, r.state as run_state
      from backfill_date d left join run r on r.id = d.run_id
      where d.backfill_id = :id order by d.position
      """)
  List<BackfillDate> dates(long id);

  /**
   * A part of them. None comes later, so a cursor says how many were passed.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<BackfillDate> dates(long id, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    long passed = cursor == null ? 0 : Math.max(0, Page.before(cursor));
    List<BackfillDate> rows = datesBehind(id, passed, bounded + 1);
    return rows.size() <= bounded
        ? new Page<>(rows, null)
        : new Page<>(rows.subList(0, bounded), Page.cursorOf(passed + bounded));
  }

  /** The rows behind {@link #dates(long, int, String)}. */
  @SqlQuery(
      """
      select d.logical_date, d.state, d.because, d.run_id, r.state as run_state
      from backfill_date d left join run r on r.id = d.run_id
      where d.backfill_id = :id order by d.position offset :passed limit :limit
      """)
  List<BackfillDate> datesBehind(long id, long passed, int limit);
}
