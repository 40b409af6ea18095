package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageTask;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/** Watches over models, and what they have seen. */
@RegisterConstructorMapper(Monitor.class)
@RegisterConstructorMapper(MonitorCheck.class)
@RegisterConstructorMapper(MonitorWindow.class)
@RegisterConstructorMapper(Monitors.Span.class)
@RegisterConstructorMapper(Monitors.Measured.class)
@RegisterConstructorMapper(Monitors.RuleState.class)
@RegisterConstructorMapper(Monitors.Memory.class)
public interface Monitors extends SqlObject {

  /** How many rows are read at once from a window, which may hold millions. */
  int ROWS_AT_ONCE = 5_000;

  /**
   * How many windows are measured and shown, the newest. A single prediction of a wrong century
   * makes no work for ever.
   */
  int MOST_WINDOWS = 600;

  /** All, by model and name. */
  @SqlQuery("select * from monitor order by model, name")
  List<Monitor> list();

  /**
   * A part of the monitors, of a model or of all, by model and name.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<Monitor> page(@Nullable String model, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    String[] after = Page.after(cursor).split("\n", 2);
    return Page.ofNames(
        listAfter(model, after[0], after.length == 1 ? "" : after[1], bounded + 1),
        bounded,
        monitor -> monitor.model() + "\n" + monitor.name());
  }

  /** The rows behind {@link #page}. */
  @SqlQuery(
      """
      select * from monitor
      where (model, name) > (:afterModel, :afterName)
        and (:model::text is null or model = :model)
      order by model, name
      limit :limit
      """)
  List<Monitor> listAfter(@Nullable String model, String afterModel, String afterName, int limit);

  /**
   * A part of all monitors: those first that need somebody most.
   *
   * @param limit of the page, at most {@link Page#LARGEST}
   * @throws InvalidCursorException where the cursor is none that such a page gave
   */
  default MonitorRanking worstFirst(int limit, @Nullable String cursor) {
    return MonitorRanking.read(getHandle(), Page.bounded(limit), cursor);
  }

  /** Models of which a version is live and that no monitor watches, by name. */
  @SqlQuery(
      """
      select model from routing
      where not exists (select from monitor where monitor.model = routing.model)
      order by model limit :limit
      """)
  List<String> unwatched(int limit);

  @SqlQuery("select * from monitor where id = :id")
  Optional<Monitor> find(long id);

  /** The model's, by name. */
  @SqlQuery("select * from monitor where model = :model order by name")
  List<Monitor> ofModel(String model);

  /** Those of these models, by model and name. */
  default List<Monitor> ofModels(Collection<String> models) {
    return getHandle()
        .createQuery("select * from monitor where model = any(:models) order by model, name")
        .bindArray("models", String.class, models)
        .mapTo(Monitor.class)
        .list();
  }

  /** Stops the schedule, or lets it go on. A check that is asked for directly is made even so. */
  @Transaction
  default void pause(long id, boolean paused, Acting acting) {
    int changed = setPaused(id, paused);
    if (changed == 1) {
      AuditAction action = paused ? AuditAction.PAUSE_MONITOR : AuditAction.UNPAUSE_MONITOR;
      Audit.record(
          getHandle(),
          acting
              .did(action, "monitor", id)
              .before(Map.of("paused", !paused))
              .after(Map.of("paused", paused)));
    }
  }

  /** Changes it where it is not so. */
  @SqlUpdate(
      """
      update monitor set paused = :paused, updated_at = now() where id = :id and paused <> :paused
      """)
  int setPaused(long id, boolean paused);

  /**
   * Puts a monitor in place, or changes it. Idempotent under (model, name); an older run never
   * undoes what a newer one has put in place. Where a rule has changed, its alert is closed and its
   * count begins anew.
   *
   * @return its id
   */
  @Transaction
  default long install(StageTask task, String model, Work.Monitor spec, Duration every) {
    Handle handle = getHandle();
    Consequences.lock(handle, model);
    Optional<Monitor> before = named(model, task.stage().name());
    int installed =
        handle
            .createUpdate(
                """
                insert into monitor (model, name, pipeline, run_id, stage, spec, every, params,
                                     logical_date)
                values (:model, :name, :pipeline, :run, :name, :spec::jsonb, :every, :params::jsonb,
                        :logicalDate)
                on conflict (model, name) do update
                  set pipeline = excluded.pipeline, run_id = excluded.run_id, stage = excluded.stage,
                      spec = excluded.spec, every = excluded.every, params = excluded.params,
                      logical_date = excluded.logical_date, updated_at = now()
                  where monitor.run_id < excluded.run_id
                """)
            .bind("model", model)
            .bind("name", task.stage().name())
            .bind("pipeline", task.pipeline())
            .bind("run", task.runId())
            .bind("spec", Json.write(spec))
            .bind("every", every)
            .bind("params", Json.write(task.params()))
            .bind("logicalDate", task.logicalDate())
            .execute();
    if (installed > 0) {
      MonitorAudit.declared(handle, task, model, before, spec, every);
      before.ifPresent(old -> ChangedRules.forget(handle, old, spec.rules(), task.logicalDate()));
    }
    return named(model, task.stage().name()).orElseThrow().id();
  }

  /** One of the model's. */
  @SqlQuery("select * from monitor where model = :model and name = :name")
  Optional<Monitor> named(String model, String name);

  /**
   * Writes a check down and has it carried to Temporal, in one transaction. Idempotent under
   * (monitor, asOf): the same check is answered again.
   *
   * @return the check's id
   * @throws UnknownEntityException where there is no such monitor
   */
  @Transaction
  default long requestCheck(long monitorId, Instant asOf, Acting acting) {
    if (find(monitorId).isEmpty()) {
      throw new UnknownEntityException("There is no monitor " + monitorId + ".");
    }
    Handle handle = getHandle();
    int added =
        handle
            .createUpdate(
                """
            insert into monitor_check (monitor_id, as_of, requested_by)
            values (:monitor, :asOf, :by)
            on conflict (monitor_id, as_of) do nothing
            """)
            .bind("monitor", monitorId)
            .bind("asOf", asOf)
            .bind("by", acting.actor())
            .execute();
    long id = checkAt(monitorId, asOf).orElseThrow().id();
    if (added == 1) {
      Audit.record(
          handle,
          acting
              .did(AuditAction.CHECK_MONITOR, "monitor", monitorId)
              .after(Map.of("check", id, "asOf", asOf)));
    }
    Outbox.post(handle, OutboxKind.CHECK, id);
    return id;
  }

  /** The monitor's check of one moment. */
  @SqlQuery("select * from monitor_check where monitor_id = :monitorId and as_of = :asOf")
  Optional<MonitorCheck> checkAt(long monitorId, Instant asOf);

  @SqlQuery("select * from monitor_check where id = :id")
  Optional<MonitorCheck> check(long id);

  /** The monitor's checks, newest first, at most {@code limit}. */
  @SqlQuery(
      "select * from monitor_check where monitor_id = :monitorId order by id desc limit :limit")
  List<MonitorCheck> checks(long monitorId, int limit);

  /** The newest check of each of these monitors. */
  default List<MonitorCheck> lastChecks(Collection<Long> monitors) {
    return getHandle()
        .createQuery(
            """
            select c.* from unnest(:monitors) as wanted(id)
            cross join lateral (
              select * from monitor_check where monitor_id = wanted.id order by id desc limit 1) c
            """)
        .bindArray("monitors", Long.class, monitors)
        .mapTo(MonitorCheck.class)
        .list();
  }

  /** Says how far a check is. It only moves forward. */
  @SqlUpdate(
      """
      update monitor_check
      set state = :state, finished_at = case when :state = 'done' then now() end
      where id = :checkId and state <> 'done'
      """)
  void noteState(long checkId, String state);

  /**
   * Versions of the model that were asked for something of an event time before {@code asOf}, with
   * the span of that: what there is to measure. A version that failed each request is among them.
   */
  @SqlQuery(
      """
      select v.version, least(p.first, s.first) as first, greatest(p.last, s.last) as last
      from model_version v
      cross join lateral (
        select min(as_of) as first, max(as_of) as last from prediction
        where model = v.model and version = v.version and as_of < :asOf) p
      cross join lateral (
        select min(as_of)::timestamp at time zone 'UTC' as first,
               max(as_of)::timestamp at time zone 'UTC' as last
        from service_sample
        where model = v.model and version = v.version
          and as_of < (:asOf::timestamptz at time zone 'UTC')) s
      where v.model = :model and (p.first is not null or s.first is not null)
      order by v.version
      """)
  List<Span> spans(String model, Instant asOf);

  /** A version's predictions of a span of event time: each score with its features as JSON. */
  default void readPredictions(
      String model, int version, Instant opens, Instant closes, Consumer<Row> reader) {
    // PostgreSQL hands out rows bit by bit only within a transaction.
    getHandle()
        .useTransaction(
            handle ->
                handle
                    .createQuery(
                        """
                        select score, inputs::text as inputs from prediction
                        where model = :model and version = :version
                          and as_of >= :opens and as_of < :closes
                        """)
                    .bind("model", model)
                    .bind("version", version)
                    .bind("opens", opens)
                    .bind("closes", closes)
                    .setFetchSize(ROWS_AT_ONCE)
                    .map((row, context) -> new Row(row.getDouble("score"), row.getString("inputs")))
                    .forEach(reader));
  }

  /**
   * Measured windows of a monitor, oldest first: of the newest {@link #MOST_WINDOWS}, whatever the
   * version and the aspect.
   */
  default List<MonitorWindow> windows(long monitorId) {
    return windows(monitorId, MOST_WINDOWS);
  }

  /** Those of the newest windows, oldest first. */
  @SqlQuery(
      """
      select * from monitor_window
      where monitor_id = :monitorId and opens in (
        select distinct opens from monitor_window where monitor_id = :monitorId
        order by opens desc limit :most)
      order by opens, version, aspect
      """)
  List<MonitorWindow> windows(long monitorId, int most);

  /**
   * What these versions' monitors have measured last: of each aspect the newest window that rests
   * on sufficient data, and the newest that does not.
   */
  default List<MonitorWindow> newest(Collection<LiveRoute> live) {
    return getHandle()
        .createQuery(
            """
            select w.* from unnest(:models, :versions) as live(model, version)
            join monitor m on m.model = live.model
            cross join unnest(array['drift', 'performance', 'service']) as one(aspect)
            cross join unnest(array[true, false]) as kind(sufficient)
            cross join lateral (
              select * from monitor_window
              where monitor_id = m.id and version = live.version and aspect = one.aspect
                and sufficient = kind.sufficient
              order by opens desc limit 1) w
            """)
        .bindArray("models", String.class, live.stream().map(LiveRoute::model).toList())
        .bindArray("versions", Integer.class, live.stream().map(LiveRoute::version).toList())
        .mapTo(MonitorWindow.class)
        .list();
  }

  /** What of a version has been measured on sufficient data, and so is never measured again. */
  @SqlQuery(
      """
      select aspect, opens from monitor_window
      where monitor_id = :monitorId and version = :version and sufficient
      """)
  Set<Measured> measured(long monitorId, int version);

  /** Measured windows of a model, oldest first; null for every version or aspect. */
  @SqlQuery(
      """
      select w.* from monitor_window w join monitor m on m.id = w.monitor_id
      where m.model = :model
        and (:version::int is null or w.version = :version)
        and (:aspect::text is null or w.aspect = :aspect)
      order by w.opens, w.version, w.aspect, w.monitor_id
      """)
  List<MonitorWindow> windows(String model, @Nullable Integer version, @Nullable String aspect);

  /**
   * Keeps a window. Idempotent under (monitor, version, opens, aspect): the first that rests on
   * sufficient data stays.
   */
  default void keep(MonitorWindow window) {
    getHandle()
        .createUpdate(
            """
            insert into monitor_window (monitor_id, version, opens, closes, aspect, sufficient,
                                        rows, figures, detail, check_id)
            values (:monitor, :version, :opens, :closes, :aspect, :sufficient, :rows,
                    :figures::jsonb, :detail::jsonb, :check)
            on conflict (monitor_id, version, opens, aspect) do update
              set closes = excluded.closes, sufficient = excluded.sufficient,
                  rows = excluded.rows, figures = excluded.figures, detail = excluded.detail,
                  check_id = excluded.check_id, at = now()
              where not monitor_window.sufficient
            """)
        .bind("monitor", window.monitorId())
        .bind("version", window.version())
        .bind("opens", window.opens())
        .bind("closes", window.closes())
        .bind("aspect", window.aspect())
        .bind("sufficient", window.sufficient())
        .bind("rows", window.rows())
        .bind("figures", Json.write(window.figures()))
        .bind("detail", window.detail())
        .bind("check", window.checkId())
        .execute();
  }

  /** The span of event time that a version was asked for, both ends included. */
  record Span(int version, Instant first, Instant last) {}

  /** An aspect of the window that opens then. */
  record Measured(String aspect, Instant opens) {}

  /** One prediction. */
  record Row(double score, String inputs) {}

  /** What a rule remembers of one version. */
  record RuleState(
      int rule,
      int version,
      int streak,
      @Nullable Instant lastWindow,
      @Nullable Instant firedAsOf) {}

  /** What the monitor's rules remember, by rule and version. */
  @SqlQuery("select * from rule_state where monitor_id = :monitorId order by rule, version")
  List<RuleState> ruleStates(long monitorId);

  /**
   * What a rule of a monitor remembers of a version.
   *
   * @param runId the run that has put the monitor in place
   * @param rule null, as all that follows it, where the monitor remembers nothing
   */
  record Memory(
      long monitorId,
      long runId,
      @Nullable Integer rule,
      @Nullable Integer version,
      @Nullable Integer streak,
      @Nullable Instant lastWindow,
      @Nullable Instant firedAsOf) {}

  /** All that the model's monitors remember: what a check's judgement rests on. */
  default List<Memory> memories(String model) {
    return memories(List.of(model));
  }

  /** The same of each of these models. */
  default List<Memory> memories(Collection<String> models) {
    return getHandle()
        .createQuery(
            """
            select m.id as monitor_id, m.run_id, s.rule, s.version, s.streak, s.last_window,
                   s.fired_as_of
            from monitor m left join rule_state s on s.monitor_id = m.id
            where m.model = any(:models)
            order by m.id, s.rule, s.version
            """)
        .bindArray("models", String.class, models)
        .mapTo(Memory.class)
        .list();
  }

  /**
   * Carries out what a check has made of the rules, and ends it, in one transaction: alerts,
   * retrains and rollbacks. Does nothing to a check that is done. A retrain is a run of the
   * monitor's pipeline in its current version, with the monitor's params, as of the check, asked
   * for by whoever published it, at most one a check; its trigger detail names monitor, rule and
   * figures. Where it can't be, say because the pipeline is paused, the alert says so. A retrain
   * whose alert is open asks again, for the same alert, unless a run that an open alert of the
   * model has asked for is under way.
   *
   * @param judgedOn what was remembered when the verdicts were made
   * @throws UnknownEntityException where there is no such check
   * @throws OvertakenException where another check has been concluded since, or the monitor has
   *     been changed: judge again
   */
  @Transaction
  default void conclude(long checkId, List<Memory> judgedOn, List<RuleVerdict> verdicts) {
    Consequences.carryOut(getHandle(), checkId, judgedOn, verdicts);
  }
}
