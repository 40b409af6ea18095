package dev.airlock.store;

import dev.airlock.workflows.Json;
import dev.airlock.workflows.RunLedger;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Runs and stages as rows, which only move forward. */
final class PostgresRunLedger implements RunLedger {

  private final Jdbi jdbi;

  PostgresRunLedger(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public void record(long runId, List<StageChange> changes, RunState state) {
    jdbi.useHandle(
        handle ->
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
                      from fresh order by stage, sequence desc),
                    forward as (
                      update stage s
                      set state = f.state,
                          sequence = f.sequence,
                          started_at = coalesce(s.started_at, f.begun_at),
                          ended_at = case
                            when f.state not in ('pending', 'queued', 'running', 'waiting')
                            then f.at end,
                          output = f.output,
                          error = f.error
                      from folded f
                      where s.run_id = :run and s.name = f.stage and s.sequence < f.sequence)
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
                .execute());
  }

  @Override
  public void close(long runId, RunState state, @Nullable StageError error, Instant at) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    update run set state = :state, error = :error::jsonb, ended_at = :at
                    where id = :run and state not in ('succeeded', 'failed', 'cancelled')
                    """)
                .bind("run", runId)
                .bind("state", state)
                .bind("error", error == null ? null : Json.write(error))
                .bind("at", at)
                .execute());
  }

  @Override
  public @Nullable Long requestScheduled(String pipeline, Instant logicalDate) {
    return jdbi.inTransaction(
        handle -> {
          Pipelines pipelines = handle.attach(Pipelines.class);
          Optional<PipelineSummary> summary = pipelines.find(pipeline);
          if (summary.isEmpty()
              || summary.get().paused()
              || summary.get().unpublishedAt() != null) {
            return null;
          }
          String publisher = pipelines.runnable(pipeline).publishedBy();
          NewRun wish =
              new NewRun(
                  pipeline,
                  Map.of(),
                  logicalDate,
                  publisher,
                  "schedule",
                  "",
                  "schedule/" + logicalDate);
          return request(handle, wish);
        });
  }

  private static Long request(Handle handle, NewRun wish) {
    try {
      return handle.attach(Runs.class).request(wish).id();
    } catch (InvalidParamsException e) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE, "No run on schedule: " + String.join(" ", e.problems()));
    }
  }
}
