package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.workflows.StageFailure;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
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
  private static final Pattern VALUE = Pattern.compile("((?:value|input|string) )'[^\\n]*?'");
  private static final Pattern STATE = Pattern.compile("\\s*SQLSTATE: \\w+");

  private SqlFault() {}

  /**
   * The failure of a bad pipeline; empty where the SQL is not to blame. Its details show the line
   * itself, then all that Spark says.
   *
   * @param sql the pipeline's own
   * @param linesBefore how many lines of the statement stand before the pipeline's SQL
   * @param read the columns of what the SQL reads, as far as they are known
   */
  static Optional<ApplicationFailure> in(
      Throwable failure, String stage, String sql, int linesBefore, List<ColumnSpec> read) {
    SparkThrowable root = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SparkThrowable spark && isOwnFault(spark)) {
        root = spark;
      }
    }
    if (root == null) {
      return Optional.empty();
    }
    String message = shown(String.valueOf(((Throwable) root).getMessage()).strip(), read);
    Integer line = line(root, message);
    int own = line == null ? 0 : line - linesBefore;
    List<String> lines = sql.lines().toList();
    List<String> details = new ArrayList<>();
    if (own >= 1 && own <= lines.size()) {
      details.add("%d | %s".formatted(own, lines.get(own - 1)));
    }
    details.add(message);
    return Optional.of(
        StageFailure.of(
            StageFailure.BAD_PIPELINE,
            "%s%s: %s"
                .formatted(
                    stage,
                    own < 1 ? "" : ", line %d of its SQL".formatted(own),
                    missing(root, read).orElseGet(() -> said(message))),
            details));
  }

  /** Spark quotes the value that it could not take, which may be somebody's. */
  private static String shown(String message, List<ColumnSpec> read) {
    return read.stream().anyMatch(PersonalColumns::isPersonal)
        ? VALUE.matcher(message).replaceAll("$1'…'")
        : message;
  }

  /** A column that none of the inputs has, and the one that was probably meant. */
  private static Optional<String> missing(SparkThrowable fault, List<ColumnSpec> read) {
    String condition = String.valueOf(fault.getCondition());
    String name = fault.getMessageParameters().get("objectName");
    if (!condition.startsWith("UNRESOLVED_COLUMN") || name == null || read.isEmpty()) {
      return Optional.empty();
    }
    String bare = name.substring(name.lastIndexOf(".`") + 1).replace("`", "");
    List<ColumnSpec> columns = read.stream().distinct().toList();
    return columns.stream().anyMatch(column -> column.name().equalsIgnoreCase(bare))
        ? Optional.empty()
        : Optional.of(Columns.missing(bare, columns));
  }

  private static boolean isOwnFault(SparkThrowable failure) {
    String state = failure.getSqlState();
    return failure instanceof AnalysisException
        || (state != null && OWN_FAULTS.stream().anyMatch(state::startsWith));
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
