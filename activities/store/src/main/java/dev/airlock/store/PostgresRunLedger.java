package dev.airlock.store;

import dev.airlock.workflows.Json;
import dev.airlock.workflows.RunLedger;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Runs and stages as rows, which only move forward.
 *
 * <p>A worker can die, or be held still, between a write and the end of the workflow task that it
 * belongs to. That task is then decided again, perhaps otherwise, since more has happened
 * meanwhile, and with the same sequence numbers. By the workflow's clock the second decision is the
 * later one, and wins, in whatever order the two arrive.
 */
final class PostgresRunLedger implements RunLedger {

  private final Jdbi jdbi;

  PostgresRunLedger(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public void record(long runId, List<StageChange> changes, RunState state) {
    jdbi.useHandle(handle -> record(handle, runId, changes, state));
  }

  private static void record(Handle handle, long runId, List<StageChange> changes, RunState state) {
    handle
        .createUpdate(
            """
                    with incoming as (
                      select * from jsonb_to_recordset(:changes::jsonb) as c(
                        sequence int, stage text, state text, at timestamptz,
                        output jsonb, error jsonb)),
                    fresh as (
                      insert into stage_event (run_id, sequence, stage, state, at, output, error)
                      select :run, sequence, stage, state, at, output, error from incoming
                      order by sequence
                      on conflict (run_id, sequence) do nothing
                      returning *),
                    folded as (
                      select distinct on (stage) *,
                             min(at) filter (where state in ('running', 'waiting'))
                               over (partition by stage) as begun_at
                      from incoming order by stage, sequence desc),
                    forward as (
                      update stage s
                      set state = f.state,
                          sequence = f.sequence,
                          decided_at = f.at,
                          started_at = coalesce(s.started_at, f.begun_at),
                          ended_at = case
                            when f.state not in ('pending', 'queued', 'running', 'waiting')
                            then f.at end,
                          output = f.output,
                          error = f.error
                      from folded f
                      where s.run_id = :run and s.name = f.stage
                        and case when s.decided_at is null then s.sequence < f.sequence
                            else (s.decided_at, s.sequence) < (f.at, f.sequence) end)
                    update run
                    set state = :state,
                        last_sequence = greatest(last_sequence, newest.sequence),
                        started_at = coalesce(started_at, newest.first_at)
                    from (select coalesce(max(sequence), 2147483647) as bound,
                                 coalesce(max(sequence), 0) as sequence,
                                 coalesce(min(at), now()) as first_at
                          from incoming) as newest
                    where id = :run
                      and run.state not in ('succeeded', 'failed', 'cancelled')
                      and last_sequence <= newest.bound
            """)
        .bind("run", runId)
        .bind("changes", Json.write(changes))
        .bind("state", state)
        .execute();
  }

  @Override
  public void close(long runId, RunState state, @Nullable StageError error, Instant at) {
    jdbi.useHandle(handle -> close(handle, runId, state, error, at));
    Admission.afterEndOf(jdbi, runId);
  }

  private static void close(
      Handle handle, long runId, RunState state, @Nullable StageError error, Instant at) {
    handle
        .createUpdate(
            """
            with closed as (
              update run set state = :state, error = :error::jsonb, ended_at = :at
              where id = :run and state not in ('succeeded', 'failed', 'cancelled')
              returning id, called_by)
            insert into outbox (kind, subject)
            select 'run-ended', id from closed where called_by is not null
            on conflict (kind, subject) do nothing
            """)
        .bind("run", runId)
        .bind("state", state)
        .bind("error", error == null ? null : Json.write(error))
        .bind("at", at)
        .execute();
  }

  @Override
  public @Nullable Long requestScheduled(String pipeline, Instant logicalDate) {
    try {
      ScheduledTimes.Decided decided =
          jdbi.onDemand(ScheduledTimes.class).decide(pipeline, logicalDate);
      return decided == null ? null : decided.runId();
    } catch (InvalidParamsException e) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE, "No run on schedule: " + String.join(" ", e.problems()));
    }
  }

  /** Ends a run that has never started, in the caller's transaction. */
  static void cancelHeld(Handle handle, long runId) {
    List<StageChange> changes = new ArrayList<>();
    Instant now = Instant.now();
    for (RunStage stage : handle.attach(Runs.class).stages(runId)) {
      changes.add(
          new StageChange(changes.size() + 1, stage.name(), StageState.CANCELLED, now, null, null));
    }
    record(handle, runId, changes, RunState.QUEUED);
    close(handle, runId, RunState.CANCELLED, null, now);
  }
}
