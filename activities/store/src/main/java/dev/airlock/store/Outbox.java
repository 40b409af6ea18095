package dev.airlock.store;

import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Facts on their way to Temporal. A row is unique under (kind, subject). */
public interface Outbox extends SqlObject {

  /** Posts a fact in the transaction that writes it. */
  static void post(Handle handle, OutboxKind kind, long subject) {
    handle
        .createUpdate(
            """
            insert into outbox (kind, subject) values (:kind, :subject)
            on conflict (kind, subject) do nothing
            """)
        .bind("kind", kind)
        .bind("subject", subject)
        .execute();
  }

  /**
   * Has votes of a person carried to their runs once more, in the transaction that may make them
   * count again: those that have counted for what is open.
   */
  static void postVotesAgain(Handle handle, String person) {
    handle
        .createUpdate(
            """
            insert into outbox (kind, subject)
            select 'vote-again', vote.id
            from decision as vote join approval as asked on asked.id = vote.approval_id
            where asked.state = 'open' and vote.person = :person and vote.outcome = 'counted'
              and vote.verdict = 'approve' and vote.withdrawn_at is null
              and vote.digest = asked.digest
            order by vote.id
            on conflict (kind, subject) do update
              set delivered_at = null, due_at = now(), attempts = outbox.attempts + 1
            """)
        .bind("person", person)
        .execute();
  }

  /**
   * Takes rows that are due, oldest first, and keeps other dispatchers from them for the lease. A
   * dispatcher that dies leaves its rows to whoever comes after the lease. A command to a model is
   * never taken before an older one to the same model is delivered, so they arrive in the order in
   * which people were told that they are recorded.
   */
  @SqlQuery(
      """
      with due as (
        select id from outbox as o
        where delivered_at is null and due_at <= now()
          and not (kind = 'model-command' and exists (
            select from outbox as before
            join model_command as older on older.id = before.subject
            join model_command as c on c.model = older.model
            where before.kind = 'model-command' and before.delivered_at is null
              and before.subject < o.subject and c.id = o.subject))
        order by due_at, id
        limit :limit
        for update skip locked)
      update outbox set due_at = now() + :lease, attempts = attempts + 1
      from due where outbox.id = due.id
      returning outbox.id, kind, subject, attempts
      """)
  List<OutboxRow> claim(int limit, Duration lease);

  /** Unless it was taken or posted once more since: then somebody else delivers it. */
  @SqlUpdate(
      """
      update outbox set delivered_at = now(), last_error = null
      where id = :id and attempts = :attempts
      """)
  void delivered(long id, int attempts);

  @SqlUpdate("update outbox set due_at = now() + :pause, last_error = :error where id = :id")
  void retryAfter(long id, Duration pause, String error);

  /** How many facts wait to be carried. */
  @SqlQuery("select count(*) from outbox where delivered_at is null")
  long waiting();

  @SqlQuery(
      """
      select exists (
        select from outbox where kind = :kind and subject = :subject and delivered_at is not null)
      """)
  boolean isDelivered(OutboxKind kind, long subject);

  /** Runs that Temporal has been told to start, and that have not ended. */
  @SqlQuery(
      """
      select run.id from run join outbox on kind = 'start-run' and subject = run.id
      where delivered_at is not null and state in ('queued', 'running', 'waiting')
      order by run.id
      """)
  List<Long> carriedUnfinishedRuns();

  /** Those of {@link #carriedUnfinishedRuns()}, for half a minute or longer, after this id. */
  @SqlQuery(
      """
      select run.id from run join outbox on kind = 'start-run' and subject = run.id
      where delivered_at < now() - interval '30 seconds'
        and state in ('queued', 'running', 'waiting') and run.id > :after
      order by run.id limit :limit
      """)
  List<Long> carriedUnfinishedRuns(long after, int limit);

  /**
   * Those of {@link #carriedUnfinishedRuns()}, for half a minute or longer, that others of their
   * pipeline wait for.
   */
  @SqlQuery(
      """
      select run.id from run join outbox on kind = 'start-run' and subject = run.id
      where delivered_at < now() - interval '30 seconds'
        and state in ('queued', 'running', 'waiting')
        and (exists (select from run as other
                     where other.pipeline = run.pipeline and other.held and other.state = 'queued')
          or exists (select from backfill_date d join backfill b on b.id = d.backfill_id
                     where b.pipeline = run.pipeline and d.state = 'pending'))
      order by run.id
      """)
  List<Long> awaitedRuns();

  /** Commands that a model's workflow has been told of, and that have no outcome. */
  @SqlQuery(
      """
      select c.id from model_command c
      join outbox on outbox.kind = 'model-command' and subject = c.id
      where delivered_at is not null and outcome is null
      order by c.id
      """)
  List<Long> carriedUnfinishedCommands();
}
