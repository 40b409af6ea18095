package dev.airlock.store;

import dev.airlock.dsl.graph.DeadlineSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines of runs and stages. They are rows, not timers: whoever looks, a web process or a
 * worker, raises the alert, and it does not matter whether the run itself gets anywhere.
 */
@RegisterConstructorMapper(Deadlines.Due.class)
public interface Deadlines extends SqlObject {

  /**
   * A deadline that has passed.
   *
   * @param stage null for the run as a whole
   * @param state of the stage or the run, in words
   * @param endedAt null where it goes on
   * @param pool for which the stage waits, or null
   */
  record Due(
      long id,
      long runId,
      String pipeline,
      @Nullable String stage,
      Instant askedAt,
      Instant dueAt,
      @Nullable Long alertId,
      String state,
      @Nullable Instant endedAt,
      @Nullable String pool) {}

  /** Writes down what the graph says, in the transaction that asks for the run. */
  static void plan(Handle handle, long runId, Graph graph) {
    DeadlineSpec whole = graph.starts() == null ? null : graph.starts().deadline();
    if (whole != null) {
      plan(handle, runId, null, whole);
    }
    for (StageSpec stage : graph.stages()) {
      DeadlineSpec own = stage.limits() == null ? null : stage.limits().deadline();
      if (own != null) {
        plan(handle, runId, stage.name(), own);
      }
    }
  }

  private static void plan(
      Handle handle, long runId, @Nullable String stage, DeadlineSpec deadline) {
    Instant asked =
        handle
            .createQuery("select created_at from run where id = :run")
            .bind("run", runId)
            .mapTo(Instant.class)
            .one();
    handle
        .createUpdate("insert into deadline (run_id, stage, due_at) values (:run, :stage, :due)")
        .bind("run", runId)
        .bind("stage", stage)
        .bind("due", deadline.due(asked))
        .execute();
  }

  /** Deadlines that have passed and are not settled, oldest first. */
  @SqlQuery(
      """
      select d.id, d.run_id, r.pipeline, d.stage, r.created_at as asked_at, d.due_at, d.alert_id,
             coalesce(s.state, r.state) as state,
             coalesce(s.ended_at, r.ended_at) as ended_at,
             case when q.granted_at is null and q.released_at is null then q.pool end as pool
      from deadline d
      join run r on r.id = d.run_id
      left join stage s on s.run_id = d.run_id and s.name = d.stage
      left join pool_request q on q.run_id = d.run_id and q.stage = d.stage
      where d.settled_at is null and d.due_at <= now()
        and (d.alert_id is null or coalesce(s.ended_at, r.ended_at) is not null)
      order by d.due_at, d.id
      limit 100
      """)
  List<Due> due();

  /**
   * Opens an alert for whatever is late, and closes it when that has ended. What has ended late
   * while nobody looked gets an alert that is closed at once.
   *
   * @return how many deadlines it has dealt with
   */
  default int look() {
    List<Due> due = due();
    due.forEach(this::deal);
    return due.size();
  }

  /** Deals with one deadline that has passed. Idempotent. */
  @Transaction
  default void deal(Due late) {
    Alerts alerts = getHandle().attach(Alerts.class);
    Instant ended = late.endedAt();
    if (ended != null && !ended.isAfter(late.dueAt())) {
      settle(late.id());
      return;
    }
    String cause =
        "deadline/%d/%s".formatted(late.runId(), late.stage() == null ? "" : late.stage());
    if (late.alertId() == null) {
      Alert alert =
          alerts.open(
              new Alerts.NewAlert(
                  null,
                  null,
                  null,
                  late.runId(),
                  cause,
                  "open-ticket",
                  title(late),
                  Map.of(),
                  late.dueAt()));
      raised(late.id(), alert.id());
    }
    if (ended != null) {
      Duration by = Duration.between(late.dueAt(), ended);
      alerts.recover(cause, ended, "It ended %s, %s late.".formatted(late.state(), Words.time(by)));
      settle(late.id());
    }
  }

  private static String title(Due late) {
    String what =
        late.stage() == null
            ? "Run %d of %s".formatted(late.runId(), late.pipeline())
            : "Stage %s of %s, run %d,".formatted(late.stage(), late.pipeline(), late.runId());
    String stands =
        late.endedAt() != null
            ? "has ended late"
            : "is late: it is still "
                + late.state()
                + (late.pool() == null ? "" : " for the pool " + late.pool());
    return "%s %s. It was due at %s UTC, %s after the run was asked for."
        .formatted(
            what,
            stands,
            late.dueAt()
                .truncatedTo(ChronoUnit.SECONDS)
                .toString()
                .replace("T", " ")
                .replace("Z", ""),
            Words.time(Duration.between(late.askedAt(), late.dueAt())));
  }

  /** Notes the alert that a deadline has raised. */
  @SqlUpdate("update deadline set alert_id = :alertId where id = :id and alert_id is null")
  void raised(long id, long alertId);

  /** Nothing more will happen to what the deadline is about. */
  @SqlUpdate("update deadline set settled_at = now() where id = :id and settled_at is null")
  void settle(long id);
}
