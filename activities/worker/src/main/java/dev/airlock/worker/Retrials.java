package dev.airlock.worker;

import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.workflows.StageError;
import io.temporal.failure.ApplicationFailure;
import java.util.LinkedHashSet;
import java.util.Set;

/** Whether a failure is one of those that a stage is tried again after. */
final class Retrials {

  private Retrials() {}

  /** The failure itself, or, where the stage says so, one after which there is no other attempt. */
  static RuntimeException judged(RuntimeException failure, RetrySpec retry) {
    if (retry.retryOn() == null && retry.neverRetryOn() == null) {
      return failure;
    }
    if (failure instanceof ApplicationFailure known && known.isNonRetryable()) {
      return failure;
    }
    if (retry.isWorthAnother(names(failure).toArray(String[]::new))) {
      return failure;
    }
    StageError error = StageErrors.of(failure);
    return ApplicationFailure.newNonRetryableFailureWithCause(
        error.message(), error.type(), failure, error.details());
  }

  /** Every class of the failure and of what caused it, and Airlock's own types. */
  private static Set<String> names(Throwable failure) {
    Set<String> names = new LinkedHashSet<>();
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof ApplicationFailure known) {
        names.add(known.getType());
        continue;
      }
      if (at instanceof TaskCall.TaskFailedException) {
        continue;
      }
      for (Class<?> type = at.getClass(); type != null; type = type.getSuperclass()) {
        names.add(type.getName());
      }
    }
    // Every failure is one of these; whoever names them means what is thrown, not what surrounds
    // it.
    return names;
  }
}
