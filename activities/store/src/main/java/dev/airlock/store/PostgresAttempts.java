package dev.airlock.store;

import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageError;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * Attempts in PostgreSQL. Each isolated stage passes here twice, so its statements are written on a
 * handle: an on-demand object would be put together anew for each call, which takes longer than
 * they do.
 */
final class PostgresAttempts implements Attempts {

  private final Jdbi jdbi;

  PostgresAttempts(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public void claim(long runId, String stage, int attempt, String worker) {
    int claimed =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        with claimed as (
                          update stage set attempt = :attempt
                          where run_id = :run and name = :stage and attempt <= :attempt
                          returning run_id),
                        begun as (
                          insert into stage_attempt (run_id, stage, attempt, worker)
                          select run_id, :stage, :attempt, :worker from claimed
                          on conflict (run_id, stage, attempt) do update
                            set worker = excluded.worker, started_at = now(), ended_at = null,
                                error = null, log_digest = null, event_log_digest = null),
                        told as (
                          select pg_notify('airlock_run', run_id::text) from claimed
                          where :attempt > 1)
                        select count(*), (select count(*) from told) from claimed
                        """)
                    .bind("run", runId)
                    .bind("stage", stage)
                    .bind("attempt", attempt)
                    .bind("worker", worker)
                    .mapTo(Integer.class)
                    .one());
    if (claimed == 0) {
      requireCurrent(runId, stage, attempt);
    }
  }

  @Override
  public void requireCurrent(long runId, String stage, int attempt) {
    jdbi.useTransaction(handle -> Attempts.requireCurrent(handle, runId, stage, attempt));
  }

  @Override
  public boolean finish(
      long runId,
      String stage,
      int attempt,
      @Nullable StageError error,
      @Nullable String logDigest) {
    return jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        with ended as (
                          update stage_attempt
                          set ended_at = clock_timestamp(), error = :error::jsonb,
                              log_digest = :log
                          where run_id = :run and stage = :stage and attempt = :attempt
                            and ended_at is null
                          returning run_id, error),
                        told as (
                          select pg_notify('airlock_run', run_id::text) from ended
                          where error is not null)
                        select count(*), (select count(*) from told) from ended
                        """)
                    .bind("run", runId)
                    .bind("stage", stage)
                    .bind("attempt", attempt)
                    .bind("error", error == null ? null : Json.write(error))
                    .bind("log", logDigest)
                    .mapTo(Integer.class)
                    .one())
        > 0;
  }

  @Override
  public void keepEventLog(long runId, String stage, int attempt, String digest) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    update stage_attempt set event_log_digest = :digest
                    where run_id = :run and stage = :stage and attempt = :attempt
                    """)
                .bind("run", runId)
                .bind("stage", stage)
                .bind("attempt", attempt)
                .bind("digest", digest)
                .execute());
  }

  @Override
  public void succeed(Manifest manifest, @Nullable String logDigest) {
    int current =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        with current as (
                          select run_id from stage
                          where run_id = :run and name = :stage and attempt <= :attempt
                          for update),
                        manifest_left as (
                          insert into manifest (run_id, stage, attempt, code_digest,
                                                inputs_digest, params_digest, environment_digest,
                                                output_digest, environment)
                          select run_id, :stage, :attempt, :code, :inputs, :params,
                                 :environmentDigest, :output, :environment::jsonb
                          from current
                          on conflict (run_id, stage, attempt) do nothing),
                        ended as (
                          update stage_attempt a
                          set ended_at = clock_timestamp(), log_digest = :log
                          from current c
                          where a.run_id = c.run_id and a.stage = :stage
                            and a.attempt = :attempt and a.ended_at is null)
                        select count(*) from current
                        """)
                    .bind("run", manifest.runId())
                    .bind("stage", manifest.stage())
                    .bind("attempt", manifest.attempt())
                    .bind("code", manifest.codeDigest())
                    .bind("inputs", manifest.inputsDigest())
                    .bind("params", manifest.paramsDigest())
                    .bind("environmentDigest", manifest.environmentDigest())
                    .bind("output", manifest.outputDigest())
                    .bind("environment", Json.write(manifest.environment()))
                    .bind("log", logDigest)
                    .mapTo(Integer.class)
                    .one());
    if (current == 0) {
      requireCurrent(manifest.runId(), manifest.stage(), manifest.attempt());
    }
  }

  @Override
  public Optional<Manifest> manifest(long runId, String stage) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select * from manifest where run_id = :run and stage = :stage
                    order by attempt desc limit 1
                    """)
                .bind("run", runId)
                .bind("stage", stage)
                .map(ConstructorMapper.of(Manifest.class))
                .findOne());
  }
}
