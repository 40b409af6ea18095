package dev.airlock.spark;

import static org.apache.spark.sql.functions.lit;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageTask;
import io.temporal.failure.ApplicationFailure;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.iceberg.Table;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;

/** Runs a SELECT over exact snapshots and writes what it gives to a branch. */
final class SqlTransform {

  private static final String AS_OF = "as_of";
  private static final int LINES_BEFORE_SQL = 1;

  private SqlTransform() {}

  /**
   * Writes the query's result to the attempt's branch.
   *
   * @throws ApplicationFailure bad pipeline, where the SQL is wrong
   */
  static DatasetVersion run(SparkSession session, Attempt attempt, Graph graph, String sql)
      throws NoSuchTableException {
    Map<String, DatasetVersion> versions = attempt.inputs(DatasetVersion.class);
    Map<String, String> inputs = new LinkedHashMap<>();
    versions.forEach((stage, version) -> inputs.put(stage, Stored.select(version)));
    List<ColumnSpec> read =
        versions.values().stream().flatMap(version -> version.columns().stream()).toList();
    requireQuery(session, attempt.stage(), sql);
    Map<String, Object> arguments = arguments(attempt.task(), graph);
    try {
      Dataset<Row> raw = session.sql(statement("*", sql, inputs), arguments);
      List<ColumnSpec> columns =
          PersonalLineage.follow(raw, Columns.of(raw.schema(), attempt.stage()), read);
      Dataset<Row> result =
          session.sql(statement(Columns.casts(raw.schema(), columns), sql, inputs), arguments);
      Table table = Tables.of(session).prepared(attempt.dataset(), columns);
      return write(result, Branch.madeAnew(table, attempt), attempt)
          .version(attempt.dataset(), columns);
    } catch (Exception e) {
      Optional<ApplicationFailure> fault =
          SqlFault.in(e, attempt.stage(), bare(sql), LINES_BEFORE_SQL, read);
      if (fault.isPresent()) {
        throw fault.get();
      }
      throw e;
    }
  }

  /** What a query gives, before it is run. */
  record Result(Dataset<Row> rows, List<ColumnSpec> columns) {}

  /**
   * The query over other rows than those of versions; nothing is written.
   *
   * @param inputs the query that gives each input's rows, by the stages that give them
   * @param read the columns of all of them
   * @throws ApplicationFailure bad pipeline, where the SQL is wrong
   */
  static Result select(
      SparkSession session,
      StageTask task,
      Graph graph,
      String sql,
      Map<String, String> inputs,
      List<ColumnSpec> read) {
    String stage = task.stage().name();
    requireQuery(session, stage, sql);
    Map<String, Object> arguments = arguments(task, graph);
    try {
      Dataset<Row> raw = session.sql(statement("*", sql, inputs), arguments);
      List<ColumnSpec> columns = PersonalLineage.follow(raw, Columns.of(raw.schema(), stage), read);
      return new Result(
          session.sql(statement(Columns.casts(raw.schema(), columns), sql, inputs), arguments),
          columns);
    } catch (Exception e) {
      // Spark throws checked exceptions that its methods don't declare.
      throw fault(e, stage, sql, read);
    }
  }

  /** What went wrong with the query once it ran, said by its own lines where it is to blame. */
  static RuntimeException fault(
      Exception failure, String stage, String sql, List<ColumnSpec> read) {
    return SqlFault.in(failure, stage, bare(sql), LINES_BEFORE_SQL, read)
        .<RuntimeException>map(fault -> fault)
        .orElseGet(
            () ->
                failure instanceof RuntimeException unchecked
                    ? unchecked
                    : new IllegalStateException(stage + ": " + failure.getMessage(), failure));
  }

  /** By itself first, since Spark's complaints would otherwise be of what is put around it. */
  private static void requireQuery(SparkSession session, String stage, String sql) {
    try {
      ((org.apache.spark.sql.classic.SparkSession) session)
          .sessionState()
          .sqlParser()
          .parseQuery(bare(sql));
    } catch (Exception e) {
      throw SqlFault.in(e, stage, bare(sql), 0, List.of())
          .orElseThrow(() -> new IllegalStateException(e));
    }
  }

  private static Branch write(Dataset<Row> result, Branch branch, Attempt attempt)
      throws NoSuchTableException {
    try {
      result
          .writeTo(TableName.of(attempt.dataset()).sql(attempt.branch()))
          .option("snapshot-property." + Branch.RUN, attempt.runId())
          .option("snapshot-property." + Branch.STAGE, attempt.stage())
          .option("snapshot-property." + Branch.ATTEMPT, attempt.number())
          .overwrite(lit(true));
      return branch;
    } catch (Throwable e) {
      branch.drop();
      throw e;
    }
  }

  /**
   * The pipeline's SQL with its inputs before it. They are common table expressions, not views, so
   * that runs side by side in one session can't see each other's.
   */
  private static String statement(String selected, String sql, Map<String, String> inputs) {
    String before =
        inputs.entrySet().stream()
            .map(input -> named(input.getKey(), input.getValue()))
            .collect(Collectors.joining(", "));
    return "%s SELECT %s FROM (\n%s\n)"
        .formatted(before.isEmpty() ? "" : "WITH " + before, selected, bare(sql));
  }

  private static String bare(String sql) {
    return sql.strip().endsWith(";") ? sql.substring(0, sql.lastIndexOf(';')) : sql;
  }

  private static String named(String stage, String query) {
    return "%s AS (%s)".formatted(Columns.quote(TableName.underscored(stage)), query);
  }

  /** The values of {@code :as_of}, the logical date as a DATE in UTC, and of the stage's params. */
  private static Map<String, Object> arguments(StageTask task, Graph graph) {
    Map<String, Object> arguments = new HashMap<>();
    arguments.put(AS_OF, LocalDate.ofInstant(task.logicalDate(), ZoneOffset.UTC));
    for (String param : task.stage().params()) {
      arguments.put(TableName.underscored(param), value(param, task, graph));
    }
    return arguments;
  }

  private static Object value(String param, StageTask task, Graph graph) {
    String text = task.params().get(param);
    ParamType type =
        graph.params().stream()
            .filter(spec -> spec.name().equals(param))
            .map(ParamSpec::type)
            .findFirst()
            .orElse(ParamType.TEXT);
    if (text == null) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s: expected the run to have a param '%s', and it has none."
              .formatted(task.stage().name(), param));
    }
    return type.parse(text)
        .map(value -> type == ParamType.URI ? text : value)
        .orElseThrow(
            () ->
                StageFailure.of(
                    StageFailure.BAD_PIPELINE,
                    "%s: expected the param '%s' to be a %s, found '%s'."
                        .formatted(task.stage().name(), param, type, text)));
  }
}
