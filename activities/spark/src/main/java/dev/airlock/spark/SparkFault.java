package dev.airlock.spark;

import dev.airlock.workflows.StageFailure;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Why a stage's Spark job failed, the root cause first: Spark wraps it in pages of its own, and the
 * reader wants the sentence at the bottom.
 */
final class SparkFault {

  private static final List<String> NOT_THE_READERS =
      List.of(
          "java.",
          "javax.",
          "jdk.",
          "sun.",
          "com.sun.",
          "scala.",
          "org.apache.",
          "dev.airlock.",
          "io.temporal.");

  private SparkFault() {}

  /**
   * The failure as the stage's page says it; the failure itself where no Spark job was to blame. A
   * failure that another attempt may mend stays one.
   */
  static RuntimeException explain(
      RuntimeException failure, String stage, Optional<EventLog.FailedStage> failed) {
    if (failed.isEmpty()) {
      return failure;
    }
    String place = failed.get().words();
    if (failure instanceof ApplicationFailure known) {
      List<String> details = new ArrayList<>(StageFailure.details(known));
      details.add(place);
      return StageFailure.of(known.getType(), known.getOriginalMessage(), details);
    }
    Throwable root = root(failure);
    List<String> details = new ArrayList<>(List.of(place));
    ownLine(root).ifPresent(line -> details.add("at " + line));
    ApplicationFailure explained =
        ApplicationFailure.newFailure(
            "%s: %s".formatted(stage, words(root)), root.getClass().getName(), details);
    explained.setStackTrace(root.getStackTrace());
    return explained;
  }

  private static Throwable root(Throwable failure) {
    Throwable at = failure;
    while (at.getCause() != null && at.getCause() != at) {
      at = at.getCause();
    }
    return at;
  }

  /** Its first paragraph: below come copies of stack traces. */
  private static String words(Throwable root) {
    String message = String.valueOf(root.getMessage());
    int end = message.indexOf("\n\tat ");
    String first = (end < 0 ? message : message.substring(0, end)).strip();
    String type = root.getClass().getSimpleName();
    return root.getMessage() == null ? type : type + ": " + first;
  }

  /** The first line that is neither Spark's, Java's, Temporal's nor Airlock's. */
  private static Optional<String> ownLine(Throwable root) {
    return Arrays.stream(root.getStackTrace())
        .filter(frame -> NOT_THE_READERS.stream().noneMatch(frame.getClassName()::startsWith))
        .findFirst()
        .map(
            frame ->
                "%s.%s(%s:%d)"
                    .formatted(
                        frame.getClassName(),
                        frame.getMethodName(),
                        frame.getFileName(),
                        frame.getLineNumber()));
  }
}
