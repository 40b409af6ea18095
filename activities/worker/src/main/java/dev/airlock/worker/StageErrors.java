package dev.airlock.worker;

import dev.airlock.store.Outage;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why an attempt failed, as the stage's page says it. */
final class StageErrors {

  private static final Logger log = LoggerFactory.getLogger(StageErrors.class);

  private StageErrors() {}

  static StageError of(Throwable failure) {
    if (failure instanceof ActivityCompletionException) {
      return new StageError(
          "cancelled", "The attempt was cancelled, or another one has taken over.", List.of());
    }
    if (failure instanceof ApplicationFailure known) {
      return new StageError(
          known.getType(),
          said(known.getOriginalMessage(), known.getType()),
          StageFailure.details(known));
    }
    Throwable root = root(failure);
    return new StageError(
        root.getClass().getName(),
        said(root.getMessage(), root.getClass().getSimpleName()),
        List.of());
  }

  private static String said(@Nullable String message, String otherwise) {
    return message == null || message.isBlank() ? otherwise : message;
  }

  /** The failure itself, or, where PostgreSQL's absence explains it, one that the run waits out. */
  static RuntimeException toThrow(RuntimeException failure) {
    return isOutage(failure) && unavailable(failure).isEmpty()
        ? ApplicationFailure.newFailureWithCause(
            "PostgreSQL can't be reached. The stage goes on by itself when it is back.",
            StageFailure.UNAVAILABLE,
            failure)
        : failure;
  }

  /**
   * Whether Airlock's own PostgreSQL is away. What a task says of another database is no such
   * thing.
   */
  static boolean isOutage(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof TaskCall.TaskFailedException) {
        return false;
      }
    }
    return unavailable(failure).isPresent() || Outage.isOutage(failure);
  }

  /** The failure behind it that has already been found to be an outage. */
  static Optional<RuntimeException> unavailable(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof ApplicationFailure known
          && known.getType().equals(StageFailure.UNAVAILABLE)) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }

  /**
   * What ended an attempt, as a failure that is masked, kept and tried again like any other. That
   * the machine has failed, as with memory at its end, is said in the worker's log as well, since
   * others than the attempt may suffer of it.
   *
   * @throws ThreadDeath where it is that: the thread must end
   */
  static RuntimeException failed(Throwable thrown) {
    if (thrown instanceof ThreadDeath death) {
      throw death;
    }
    if (thrown instanceof VirtualMachineError) {
      log.error("The worker's Java machine has failed in an attempt.", thrown);
    }
    return thrown instanceof RuntimeException unchecked
        ? unchecked
        : new TaskCall.TaskFailedException(thrown);
  }

  private static Throwable root(Throwable failure) {
    Throwable at = failure;
    while (at.getCause() != null && at.getCause() != at) {
      at = at.getCause();
    }
    return at;
  }
}
