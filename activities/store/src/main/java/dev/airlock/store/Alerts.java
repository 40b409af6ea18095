package dev.airlock.store;

import dev.airlock.workflows.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/** Alerts, and what is to be told of them. */
@RegisterConstructorMapper(Alert.class)
@RegisterConstructorMapper(Alerts.Notification.class)
public interface Alerts extends SqlObject {

  /**
   * Newest first; null for every model or state.
   *
   * @param state {@code open}, which includes acknowledged ones, {@code acknowledged} or {@code
   *     closed}
   * @param before only those with a smaller id, or null
   */
  @SqlQuery(
      """
      select * from alert
      where (:model::text is null or model = :model)
        and (:state::text is null or state = :state or (:state = 'open' and state = 'acknowledged'))
        and (:before::bigint is null or id < :before)
      order by id desc
      limit :limit
      """)
  List<Alert> list(
      @Nullable String model, @Nullable String state, @Nullable Long before, int limit);

  /**
   * A part of that list.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<Alert> page(
      @Nullable String model, @Nullable String state, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(list(model, state, Page.before(cursor), bounded + 1), bounded, Alert::id);
  }

  /** How many nobody has in hand, counted up to a bound. */
  @SqlQuery("select count(*) from (select from alert where state = 'open' limit :most) as open")
  int countOpen(int most);

  /** Those that nobody has in hand, newest first. */
  @SqlQuery("select * from alert where state = 'open' order by id desc limit :limit")
  List<Alert> untaken(int limit);

  /** Of each of these models the newest that are not closed, at most so many. */
  default List<Alert> openOf(Collection<String> models, int limit) {
    return getHandle()
        .createQuery(
            """
            select a.* from unnest(:models) as wanted(name)
            cross join lateral (
              select * from alert where model = wanted.name and state <> 'closed'
              order by id desc limit :limit) a
            """)
        .bindArray("models", String.class, models)
        .bind("limit", limit)
        .mapTo(Alert.class)
        .list();
  }

  @SqlQuery("select * from alert where id = :id")
  Optional<Alert> find(long id);

  /** The open or acknowledged alert of a cause. */
  @SqlQuery("select * from alert where cause = :cause and state <> 'closed'")
  Optional<Alert> ofCause(String cause);

  /** Whether a run that an open alert of the model has asked for is under way. */
  @SqlQuery(
      """
      select exists (
        select from alert a join run r on r.id = a.run_id
        where a.model = :model and a.state <> 'closed'
          and r.state in ('queued', 'running', 'waiting'))
      """)
  boolean isRetraining(String model);

  /**
   * Opens an alert unless one of this cause is open; answers the open one. Posts a notification.
   */
  @Transaction
  default Alert open(NewAlert alert) {
    Handle handle = getHandle();
    Optional<Long> opened = Optional.empty();
    Optional<Alert> standing = Optional.empty();
    // The one that is in the way may be closed before it is read.
    while (opened.isEmpty() && standing.isEmpty()) {
      opened = insert(handle, alert);
      standing = opened.isPresent() ? Optional.empty() : ofCause(alert.cause());
    }
    if (standing.isPresent()) {
      return standing.get();
    }
    notify(handle, opened.orElseThrow(), "opened");
    return find(opened.get()).orElseThrow();
  }

  private static Optional<Long> insert(Handle handle, NewAlert alert) {
    return handle
        .createQuery(
            """
            insert into alert (model, monitor_id, rollout_id, late_run_id, cause, consequence, title,
                               figures, opened_as_of)
            values (:model, :monitor, :rollout, :lateRun, :cause, :consequence, :title,
                    :figures::jsonb, :asOf)
            on conflict (cause) where state <> 'closed' do nothing
            returning id
            """)
        .bind("model", alert.model())
        .bind("monitor", alert.monitorId())
        .bind("rollout", alert.rolloutId())
        .bind("lateRun", alert.lateRunId())
        .bind("cause", alert.cause())
        .bind("consequence", alert.consequence())
        .bind("title", alert.title())
        .bind("figures", Json.write(alert.figures()))
        .bind("asOf", alert.asOf())
        .mapTo(Long.class)
        .findOne();
  }

  private static void notify(Handle handle, long alertId, String event) {
    handle
        .createUpdate(
            """
            insert into notification (alert_id, event) values (:alert, :event)
            on conflict (alert_id, event) do nothing
            """)
        .bind("alert", alertId)
        .bind("event", event)
        .execute();
  }

  /** What an alert is opened with: a model, or a run that is late. */
  record NewAlert(
      @Nullable String model,
      @Nullable Long monitorId,
      @Nullable Long rolloutId,
      @Nullable Long lateRunId,
      String cause,
      String consequence,
      String title,
      Map<String, Double> figures,
      Instant asOf) {

    /** An alert of a model. */
    public NewAlert(
        String model,
        @Nullable Long monitorId,
        @Nullable Long rolloutId,
        String cause,
        String consequence,
        String title,
        Map<String, Double> figures,
        Instant asOf) {
      this(model, monitorId, rolloutId, null, cause, consequence, title, figures, asOf);
    }
  }

  /** Notes the retrain or the rollback that an alert has asked for. */
  @SqlUpdate(
      """
      update alert
      set run_id = coalesce(:runId::bigint, run_id),
          command_id = coalesce(:commandId::bigint, command_id)
      where id = :alertId and state <> 'closed'
      """)
  void led(long alertId, @Nullable Long runId, @Nullable Long commandId);

  /**
   * Says that somebody has it in hand. Idempotent: the first stays. Does nothing to an alert that
   * is closed.
   *
   * @throws UnknownEntityException where there is no such alert
   */
  @Transaction
  default Alert acknowledge(long id, Acting acting) {
    Handle handle = getHandle();
    int acknowledged =
        handle
            .createUpdate(
                """
                update alert
                set state = 'acknowledged', acknowledged_by = :by, acknowledged_at = now()
                where id = :id and state = 'open'
                """)
            .bind("id", id)
            .bind("by", acting.actor())
            .execute();
    if (acknowledged > 0) {
      notify(handle, id, "acknowledged");
      Audit.record(
          handle,
          acting
              .did(AuditAction.ACKNOWLEDGE_ALERT, "alert", id)
              .before(Map.of("state", "open"))
              .after(Map.of("state", "acknowledged")));
    }
    return find(id).orElseThrow(() -> new UnknownEntityException("There is no alert " + id + "."));
  }

  /** Closes the open alert of a cause, if there is one, since it has recovered. */
  @Transaction
  default Optional<Alert> recover(String cause, Instant asOf, String because) {
    Handle handle = getHandle();
    Optional<Long> closed =
        handle
            .createQuery(
                """
                update alert
                set state = 'closed', closed_as_of = :asOf, closed_at = now(),
                    closed_because = :because
                where cause = :cause and state <> 'closed'
                returning id
                """)
            .bind("cause", cause)
            .bind("asOf", asOf)
            .bind("because", because)
            .mapTo(Long.class)
            .findOne();
    closed.ifPresent(id -> notify(handle, id, "closed"));
    return closed.flatMap(this::find);
  }

  /**
   * Takes notifications that are due, oldest first, and keeps other senders from them for the
   * lease.
   */
  @SqlQuery(
      """
      with due as (
        select id from notification
        where delivered_at is null and due_at <= now()
        order by due_at, id
        limit :limit
        for update skip locked)
      update notification set due_at = now() + :lease, attempts = attempts + 1
      from due where notification.id = due.id
      returning notification.id, alert_id, event, attempts, created_at
      """)
  List<Notification> claim(int limit, Duration lease);

  @SqlUpdate(
      "update notification set delivered_at = now(), last_error = null where id = :notificationId")
  void delivered(long notificationId);

  @SqlUpdate(
      """
      update notification set due_at = now() + :pause, last_error = :error
      where id = :notificationId
      """)
  void retryAfter(long notificationId, Duration pause, String error);

  /** What is to be told. */
  record Notification(long id, long alertId, String event, int attempts, Instant createdAt) {}
}
