package dev.airlock.store;

import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Attempts at stages: whose turn it is, and how each ended. */
public interface Attempts {

  /**
   * Begins an attempt; every earlier one of the same stage is fenced off from now on. An attempt
   * that begins again, as a local activity's may after a crash, is the same attempt. Of an attempt
   * after the first, {@link Changes#RUN} tells: nothing else of the run changes by it.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#FENCED} where a later
   *     attempt has begun
   * @throws UnknownEntityException where the run has no such stage
   */
  void claim(long runId, String stage, int attempt, String worker);

  /**
   * The fence outside a commit, to stop early: the check alone, in a transaction of its own.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#FENCED} where a later
   *     attempt has begun
   */
  void requireCurrent(long runId, String stage, int attempt);

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

  /** Ends an attempt. The first end stays; of one with an error {@link Changes#RUN} tells. */
  boolean finish(
      long runId,
      String stage,
      int attempt,
      @Nullable StageError error,
      @Nullable String logDigest);

  /** Says where the event log of an attempt's Spark jobs lies. */
  void keepEventLog(long runId, String stage, int attempt, String digest);

  /**
   * Ends an attempt that succeeded, and leaves its manifest, in one statement.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#FENCED} where a later
   *     attempt has begun
   */
  void succeed(Manifest manifest, @Nullable String logDigest);

  /** The manifest of the stage's newest attempt that left one. */
  Optional<Manifest> manifest(long runId, String stage);
}
