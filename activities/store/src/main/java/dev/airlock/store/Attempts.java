package dev.airlock.store;

import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.json.Json;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/** Attempts at stages: whose turn it is, and how each ended. */
@RegisterConstructorMapper(Manifest.class)
public interface Attempts extends SqlObject {

  /**
   * Begins an attempt; every earlier one of the same stage is fenced off from now on. An attempt
   * that begins again, as a local activity's may after a crash, is the same attempt.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#FENCED} where a later
   *     attempt has begun
   * @throws UnknownEntityException where the run has no such stage
   */
  default void claim(long runId, String stage, int attempt, String worker) {
    if (claimed(runId, stage, attempt, worker) == 0) {
      requireCurrent(runId, stage, attempt);
    }
  }

  /** The statement behind {@link #claim}, one for the sake of short stages: how many it claimed. */
  @SqlQuery(
      """
      with claimed as (
        update stage set attempt = :attempt
        where run_id = :runId and name = :stage and attempt <= :attempt
        returning run_id),
      begun as (
        insert into stage_attempt (run_id, stage, attempt, worker)
        select run_id, :stage, :attempt, :worker from claimed
        on conflict (run_id, stage, attempt) do update
          set worker = excluded.worker, started_at = now(), ended_at = null, error = null,
              log_digest = null, event_log_digest = null)
      select count(*) from claimed
      """)
  int claimed(long runId, String stage, int attempt, String worker);

  /**
   * The fence: belongs into the transaction that commits a stage's effect. Holds the stage's row,
   * so that no later attempt begins before that transaction ends.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#FENCED} where a later
   *     attempt has begun
   */
  static void requireCurrent(Handle handle, long runId, String stage, int attempt) {
    int newest =
        handle
            .createQuery(
                "select attempt from stage where run_id = :run and name = :stage for update")
            .bind("run", runId)
            .bind("stage", stage)
            .mapTo(Integer.class)
            .findOne()
            .orElseThrow(
                () -> new UnknownEntityException("Run " + runId + " has no stage " + stage + "."));
    if (newest > attempt) {
      throw StageFailure.of(
          StageFailure.FENCED,
          "Attempt %d at run-%d/%s may not commit: attempt %d has begun."
              .formatted(attempt, runId, stage, newest));
    }
  }

  /** The fence outside a commit, to stop early: the check alone, in a transaction of its own. */
  @Transaction
  default void requireCurrent(long runId, String stage, int attempt) {
    requireCurrent(getHandle(), runId, stage, attempt);
  }

  /** Ends an attempt. The first end stays. */
  @SqlUpdate(
      """
      update stage_attempt
      set ended_at = clock_timestamp(), error = :error, log_digest = :logDigest
      where run_id = :runId and stage = :stage and attempt = :attempt and ended_at is null
      """)
  boolean finish(
      long runId,
      String stage,
      int attempt,
      @Json @Nullable StageError error,
      @Nullable String logDigest);

  /** Says where the event log of an attempt's Spark jobs lies. */
  @SqlUpdate(
      """
      update stage_attempt set event_log_digest = :digest
      where run_id = :runId and stage = :stage and attempt = :attempt
      """)
  void keepEventLog(long runId, String stage, int attempt, String digest);

  /**
   * Ends an attempt that succeeded, and leaves its manifest, in one statement.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#FENCED} where a later
   *     attempt has begun
   */
  default void succeed(Manifest manifest, @Nullable String logDigest) {
    if (succeeded(manifest, logDigest) == 0) {
      requireCurrent(manifest.runId(), manifest.stage(), manifest.attempt());
    }
  }

  /** The statement behind {@link #succeed}: how many stages it found at this attempt. */
  @SqlQuery(
      """
      with current as (
        select run_id from stage
        where run_id = :m.runId and name = :m.stage and attempt <= :m.attempt for update),
      manifest_left as (
        insert into manifest (run_id, stage, attempt, code_digest, inputs_digest, params_digest,
                              environment_digest, output_digest, environment)
        select run_id, :m.stage, :m.attempt, :m.codeDigest, :m.inputsDigest, :m.paramsDigest,
               :m.environmentDigest, :m.outputDigest, :m.environment::jsonb
        from current
        on conflict (run_id, stage, attempt) do nothing),
      ended as (
        update stage_attempt a
        set ended_at = clock_timestamp(), log_digest = :logDigest
        from current c
        where a.run_id = c.run_id and a.stage = :m.stage and a.attempt = :m.attempt
          and a.ended_at is null)
      select count(*) from current
      """)
  int succeeded(
      @org.jdbi.v3.sqlobject.customizer.BindMethods("m") Manifest manifest,
      @Nullable String logDigest);

  /** The manifest of the stage's newest attempt that left one. */
  @SqlQuery(
      """
      select * from manifest where run_id = :runId and stage = :stage
      order by attempt desc limit 1
      """)
  Optional<Manifest> manifest(long runId, String stage);
}
