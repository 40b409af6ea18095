package dev.airlock.worker;

import dev.airlock.store.Outage;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import java.util.List;

/** Why an attempt failed, as the stage's page says it. */
final class StageErrors {

  private StageErrors() {}

  static StageError of(Throwable failure) {
    if (failure instanceof ActivityCompletionException) {
      return new StageError(
          "cancelled", "The attempt was cancelled, or another one has taken over.", List.of());
    }
    if (failure instanceof ApplicationFailure known) {
      return new StageError(
          known.getType(), known.getOriginalMessage(), StageFailure.details(known));
    }
    Throwable root = root(failure);
    String message = root.getMessage();
    return new StageError(
        root.getClass().getName(),
        message == null || message.isBlank() ? root.getClass().getSimpleName() : message,
        List.of());
  }

  /** The failure itself, or, where PostgreSQL's absence explains it, one that the run waits out. */
  static RuntimeException toThrow(RuntimeException failure) {
    return Outage.isOutage(failure)
        ? ApplicationFailure.newFailureWithCause(
            "PostgreSQL can't be reached. The stage goes on by itself when it is back.",
            StageFailure.UNAVAILABLE,
            failure)
        : failure;
  }

  private static Throwable root(Throwable failure) {
    Throwable at = failure;
    while (at.getCause() != null && at.getCause() != at) {
      at = at.getCause();
    }
    return at;
  }
}
