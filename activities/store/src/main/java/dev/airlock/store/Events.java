package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.EventStanding;
import dev.airlock.workflows.StageOutput;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Events, and the stages that wait for one. Telling and waiting take turns by a lock of the name's,
 * so that neither misses the other.
 */
@RegisterConstructorMapper(Event.class)
@RegisterConstructorMapper(EventWait.class)
public interface Events extends SqlObject {

  /**
   * What became of an event that was told.
   *
   * @param isNew false where it had been told before, under the same key
   * @param runs those whose stages it has met just now
   */
  record Told(Event event, boolean isNew, List<Long> runs) {
    public Told {
      runs = List.copyOf(runs);
    }
  }

  /**
   * Writes an event down and has it carried to every run that waits for it. Idempotent under (name,
   * key): the first stays.
   *
   * @param at when it happened; now where it is null
   * @param payload JSON, or null
   */
  @Transaction
  default Told tell(
      String name, String key, @Nullable Instant at, @Nullable String payload, Acting acting) {
    Handle handle = getHandle();
    lock(handle, Work.EventSource.EVENT, name);
    Optional<Long> inserted =
        handle
            .createQuery(
                """
                insert into event (name, key, at, payload, told_by)
                values (:name, :key, coalesce(:at, now()), :payload::jsonb, :by)
                on conflict (name, key) do nothing
                returning id
                """)
            .bind("name", name)
            .bind("key", key)
            .bind("at", at)
            .bind("payload", payload)
            .bind("by", acting.actor())
            .mapTo(Long.class)
            .findOne();
    inserted.ifPresent(
        id ->
            Audit.record(
                handle,
                acting
                    .did(AuditAction.TELL_EVENT, "event", id)
                    .after(Map.of("name", name, "key", key))));
    List<Long> runs =
        inserted.isPresent() ? meet(handle, Work.EventSource.EVENT, name, null) : List.of();
    return new Told(byKey(name, key).orElseThrow(), inserted.isPresent(), runs);
  }

  /** The event of this key. */
  @SqlQuery("select * from event where name = :name and key = :key")
  Optional<Event> byKey(String name, String key);

  /**
   * A part of the events of a name, newest first; of all names where it is null.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<Event> list(@Nullable String name, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(listBefore(name, Page.before(cursor), bounded + 1), bounded, Event::id);
  }

  /** The rows behind {@link #list}. */
  @SqlQuery(
      """
      select * from event where id < :before and (:name::text is null or name = :name)
      order by id desc limit :limit
      """)
  List<Event> listBefore(@Nullable String name, long before, int limit);

  /** A version of a dataset was published: meets those who wait for it, in its transaction. */
  static void published(Handle handle, String dataset) {
    lock(handle, Work.EventSource.DATASET, dataset);
    meet(handle, Work.EventSource.DATASET, dataset, null);
  }

  /**
   * Waits from now on; what came before counts unless it is older than {@code since}. Of a dataset,
   * the logical date of the run that made the version counts as its time. Idempotent under (run,
   * stage).
   */
  @Transaction
  default EventStanding await(
      long runId,
      String stage,
      Work.EventSource source,
      String name,
      Instant since,
      Instant until) {
    Handle handle = getHandle();
    lock(handle, source, name);
    handle
        .createUpdate(
            """
            insert into event_wait (run_id, stage, source, name, since, until)
            values (:run, :stage, :source, :name, :since, :until)
            on conflict (run_id, stage) do nothing
            """)
        .bind("run", runId)
        .bind("stage", stage)
        .bind("source", source)
        .bind("name", name)
        .bind("since", since)
        .bind("until", until)
        .execute();
    long id = waitOf(runId, stage).orElseThrow().id();
    meet(handle, source, name, id);
    return standing(id);
  }

  /** Gives a wait up unless it has been met. */
  @Transaction
  default EventStanding giveUp(long waitId) {
    EventWait wait = waitOf(waitId).orElseThrow();
    lock(getHandle(), wait.source(), wait.name());
    getHandle()
        .createUpdate("update event_wait set ended_at = now() where id = :id and ended_at is null")
        .bind("id", waitId)
        .execute();
    return standing(waitId);
  }

  /** How a wait stands. */
  default EventStanding standing(long waitId) {
    EventWait wait = waitOf(waitId).orElseThrow();
    return new EventStanding(waitId, wait.endedAt() != null, output(wait));
  }

  /** What a wait has been met by. */
  default @Nullable StageOutput output(EventWait wait) {
    if (wait.eventId() != null) {
      String payload = event(wait.eventId()).orElseThrow().payload();
      return new StageOutput.TaskResult(payload == null ? "null" : payload);
    }
    return wait.datasetVersionId() == null
        ? null
        : version(wait.datasetVersionId()).map(DatasetRow::output).orElseThrow();
  }

  /** The wait of this id. */
  @SqlQuery("select * from event_wait where id = :waitId")
  Optional<EventWait> waitOf(long waitId);

  /** The wait of a stage. */
  @SqlQuery("select * from event_wait where run_id = :runId and stage = :stage")
  Optional<EventWait> waitOf(long runId, String stage);

  /** The event of this id. */
  @SqlQuery("select * from event where id = :eventId")
  Optional<Event> event(long eventId);

  /** The version of this id. */
  @SqlQuery("select * from dataset_version where id = :versionId")
  @RegisterConstructorMapper(DatasetRow.class)
  Optional<DatasetRow> version(long versionId);

  private static void lock(Handle handle, Work.EventSource source, String name) {
    handle
        .createQuery("select 1 from pg_advisory_xact_lock(hashtextextended(:key, 0))")
        .bind("key", "airlock/%s/%s".formatted(Words.of(source), name))
        .mapTo(Integer.class)
        .one();
  }

  /**
   * Ends every open wait that there is something for, and tells their runs.
   *
   * @param asker a wait that needs not be told, or null
   */
  private static List<Long> meet(
      Handle handle, Work.EventSource source, String name, @Nullable Long asker) {
    return handle
        .createQuery(
            """
            with open as (
              select w.id,
                     case when w.source = 'event' then (
                       select e.id from event e where e.name = w.name and e.at >= w.since
                       order by e.at, e.id limit 1) end as event,
                     case when w.source = 'dataset' then (
                       select v.id from dataset_version v join run made on made.id = v.run_id
                       where v.dataset = w.name and made.logical_date >= w.since
                       order by v.id limit 1) end as version
              from event_wait w
              join stage s on s.run_id = w.run_id and s.name = w.stage and s.ended_at is null
              where w.source = :source and w.name = :name and w.ended_at is null),
            met as (
              update event_wait w
              set event_id = open.event, dataset_version_id = open.version, ended_at = now()
              from open
              where w.id = open.id and (open.event is not null or open.version is not null)
              returning w.id, w.run_id),
            told as (
              insert into outbox (kind, subject)
              select 'event-arrived', id from met where id is distinct from :asker::bigint
              on conflict (kind, subject) do nothing)
            select distinct run_id from met order by run_id
            """)
        .bind("source", source)
        .bind("name", name)
        .bind("asker", asker)
        .mapTo(Long.class)
        .list();
  }
}
