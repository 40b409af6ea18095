package dev.airlock.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;

/** Histories of closed runs. A run's are kept once, or it is noted that Temporal has lost them. */
@RegisterConstructorMapper(RunHistory.class)
public interface Histories extends SqlObject {

  /**
   * Closed runs whose histories nobody has kept, oldest first; others don't get them within the
   * lease.
   */
  @SqlQuery(
      """
      with due as (
        select id from run
        where ended_at is not null and history is null
          and (history_due_at is null or history_due_at <= now())
        order by history_due_at nulls first, id
        limit :limit
        for update skip locked)
      update run set history_due_at = now() + :lease
      from due where run.id = due.id
      returning run.id
      """)
  List<Long> claim(int limit, Duration lease);

  /**
   * Keeps a run's histories. Idempotent: what was kept first stays.
   *
   * @param histories in the order in which the workflows began
   */
  @Transaction
  default void keep(long runId, List<RunHistory> histories) {
    for (RunHistory history : histories) {
      insert(runId, history);
    }
    settle(runId, "kept");
  }

  /** Notes that Temporal has none of a run any more. */
  default void forgotten(long runId) {
    settle(runId, "forgotten");
  }

  /** Where a run's histories are: kept or forgotten; empty as long as nobody has looked. */
  @SqlQuery("select history from run where id = :runId and history is not null")
  Optional<String> state(long runId);

  /** What was kept of a run, in the order in which the workflows began. */
  @SqlQuery("select * from run_history where run_id = :runId order by position")
  List<RunHistory> of(long runId);

  /** The row behind {@link #keep}. */
  @SqlUpdate(
      """
      insert into run_history (run_id, position, workflow_id, execution_id, workflow, events, digest)
      values (:runId, :h.position, :h.workflowId, :h.executionId, :h.workflow, :h.events, :h.digest)
      on conflict do nothing
      """)
  void insert(long runId, @BindMethods("h") RunHistory h);

  /** The note behind {@link #keep} and {@link #forgotten}. */
  @SqlUpdate("update run set history = :state where id = :runId and history is null")
  void settle(long runId, String state);
}
