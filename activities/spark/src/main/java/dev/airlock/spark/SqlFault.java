package dev.airlock.spark;

import dev.airlock.workflows.StageFailure;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.AnalysisException;
import org.jspecify.annotations.Nullable;

/** What is wrong with a stage's SQL, said by its own lines. */
final class SqlFault {

  /** SQLSTATE classes that the query itself is to blame for: its data, its syntax or its names. */
  private static final List<String> OWN_FAULTS = List.of("22", "21", "42");

  private static final Pattern LINE = Pattern.compile("\\bline (\\d+)");
  private static final Pattern CONDITION = Pattern.compile("^\\[[A-Z0-9_.]+] ?");
  private static final Pattern STATE = Pattern.compile("\\s*SQLSTATE: \\w+");

  private SqlFault() {}

  /**
   * The failure of a bad pipeline; empty where the SQL is not to blame.
   *
   * @param linesBefore how many lines of the statement stand before the pipeline's SQL
   */
  static Optional<ApplicationFailure> in(Throwable failure, String stage, int linesBefore) {
    SparkThrowable root = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SparkThrowable spark && isOwnFault(spark)) {
        root = spark;
      }
    }
    if (root == null) {
      return Optional.empty();
    }
    String message = String.valueOf(((Throwable) root).getMessage()).strip();
    return Optional.of(
        StageFailure.of(
            StageFailure.BAD_PIPELINE,
            "%s%s: %s".formatted(stage, place(root, message, linesBefore), said(message)),
            List.of(message)));
  }

  private static boolean isOwnFault(SparkThrowable failure) {
    String state = failure.getSqlState();
    return failure instanceof AnalysisException
        || (state != null && OWN_FAULTS.stream().anyMatch(state::startsWith));
  }

  private static String place(SparkThrowable fault, String message, int linesBefore) {
    Integer line = line(fault, message);
    return line == null || line <= linesBefore
        ? ""
        : ", line %d of its SQL".formatted(line - linesBefore);
  }

  private static @Nullable Integer line(SparkThrowable fault, String message) {
    if (fault instanceof AnalysisException analysis && analysis.line().isDefined()) {
      return (Integer) analysis.line().get();
    }
    Matcher line = LINE.matcher(message);
    return line.find() ? Integer.valueOf(line.group(1)) : null;
  }

  /** Spark's sentences, without its codes and its copy of the statement. */
  private static String said(String message) {
    String text = message;
    for (String end : List.of("\n== ", "\n'", "; line ")) {
      int at = text.indexOf(end);
      text = at < 0 ? text : text.substring(0, at);
    }
    text = STATE.matcher(CONDITION.matcher(text).replaceFirst("")).replaceAll("").strip();
    return text.endsWith(".") ? text : text + ".";
  }
}
