package dev.airlock.workflows;

import dev.airlock.dsl.graph.StageSpec;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TimeoutFailure;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads what Temporal reports of a stage that failed, and puts it so that its page can say it. */
final class StageErrors {

  private static final int LONGEST_MESSAGE = 4_000;

  private StageErrors() {}

  /** Whether it ended because it was told to, or because something around it did. */
  static boolean isCutShort(Throwable failure) {
    return isOutage(failure)
        || causes(failure)
            .anyMatch(cause -> cause instanceof CanceledFailure || cause instanceof TimeoutFailure);
  }

  /** Whether it ended because it was told to. */
  static boolean isCancelled(Throwable failure) {
    return causes(failure).anyMatch(CanceledFailure.class::isInstance);
  }

  /** Whether it only waits for PostgreSQL or the artifact store to be back. */
  static boolean isOutage(Throwable failure) {
    return causes(failure)
        .anyMatch(
            cause ->
                cause instanceof ApplicationFailure application
                    && application.getType().equals(StageFailure.UNAVAILABLE));
  }

  /** Whether it has waited in vain, and is skipped for that. */
  static boolean isSkip(Throwable failure) {
    return causes(failure)
        .anyMatch(
            cause ->
                cause instanceof ApplicationFailure application
                    && application.getType().equals(StageFailure.SKIPPED));
  }

  static StageError explain(Throwable failure, StageSpec stage) {
    Optional<TimeoutFailure> timedOut = first(failure, TimeoutFailure.class);
    if (timedOut.isPresent()) {
      return new StageError(
          StageFailure.TIMED_OUT, inWords(timedOut.get(), failure, stage), List.of());
    }
    return onPurpose(failure)
        .or(() -> last(failure, ApplicationFailure.class))
        .map(StageErrors::explain)
        .orElseGet(() -> explainOther(failure));
  }

  /** What went wrong last, in its own words. */
  static String words(Throwable failure) {
    return shortened(
        last(failure, ApplicationFailure.class)
            .map(StageErrors::message)
            .orElseGet(
                () -> message(causes(failure).reduce((outer, inner) -> inner).orElseThrow())));
  }

  private static StageError explain(ApplicationFailure failure) {
    return new StageError(
        failure.getType(), shortened(message(failure)), StageFailure.details(failure));
  }

  private static StageError explainOther(Throwable failure) {
    Throwable root = causes(failure).reduce(failure, (outer, inner) -> inner);
    return new StageError(root.getClass().getName(), shortened(message(root)), List.of());
  }

  private static String inWords(TimeoutFailure timeout, Throwable failure, StageSpec stage) {
    String attempts = attempts(failure, stage);
    return switch (timeout.getTimeoutType()) {
      case TIMEOUT_TYPE_HEARTBEAT ->
          "The worker fell silent for more than "
              + Words.of(StageActivities.LONGEST_SILENCE)
              + attempts
              + ": it was killed, cut off, or out of memory.";
      case TIMEOUT_TYPE_START_TO_CLOSE ->
          "Took longer than the "
              + Words.of(StageActivities.timeout(stage))
              + " that it has"
              + attempts
              + ". Give it a longer timeout, or less to do.";
      default ->
          "Timed out (%s)%s."
              .formatted(
                  timeout.getTimeoutType().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                  attempts);
    };
  }

  private static String attempts(Throwable failure, StageSpec stage) {
    int attempts = stage.retry().maximumAttempts();
    boolean all =
        failure instanceof ActivityFailure activity
            && activity.getRetryState() == RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED;
    return all && attempts > 1 ? ", in the last of " + attempts + " attempts" : "";
  }

  private static Optional<ApplicationFailure> onPurpose(Throwable failure) {
    return causes(failure)
        .filter(ApplicationFailure.class::isInstance)
        .map(ApplicationFailure.class::cast)
        .filter(cause -> StageFailure.NOT_WORTH_ANOTHER_TRY.contains(cause.getType()))
        .findFirst();
  }

  private static <T> Optional<T> first(Throwable failure, Class<T> type) {
    return causes(failure).filter(type::isInstance).map(type::cast).findFirst();
  }

  private static <T> Optional<T> last(Throwable failure, Class<T> type) {
    return causes(failure).filter(type::isInstance).map(type::cast).reduce((outer, inner) -> inner);
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
  }

  private static String message(Throwable failure) {
    String message =
        failure instanceof TemporalFailure temporal
            ? temporal.getOriginalMessage()
            : failure.getMessage();
    return message == null || message.isBlank() ? "It gave no reason." : message;
  }

  private static String shortened(String message) {
    return message.length() <= LONGEST_MESSAGE
        ? StorableText.of(message)
        : StorableText.of(StorableText.beginning(message, LONGEST_MESSAGE)) + " …";
  }
}
