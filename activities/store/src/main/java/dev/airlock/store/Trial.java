package dev.airlock.store;

import dev.airlock.workflows.StageError;
import dev.airlock.workflows.TrialRequest;
import dev.airlock.workflows.TrialResult;
import java.time.Instant;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * One stage, tried on a sample.
 *
 * @param result once it has succeeded
 * @param error once it has failed
 */
public record Trial(
    long id,
    @Json TrialRequest request,
    String requestedBy,
    State state,
    @Json @Nullable TrialResult result,
    @Json @Nullable StageError error,
    Instant requestedAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt) {

  /** How far a trial has come. */
  public enum State {
    QUEUED,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    /** Whether it stays so. */
    public boolean isFinal() {
      return this != QUEUED && this != RUNNING;
    }
  }
}
