package dev.airlock.dsl;

import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.StatementSpec;
import dev.airlock.dsl.graph.ValueSpec;
import dev.airlock.dsl.graph.ValueSpec.Form;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A statement for a database. Gives how many rows it has changed, unless it says what its rows are
 * read as. Immutable: each method gives another statement.
 *
 * @param <T> what it gives
 */
public final class Statement<T> {

  /** How many rows come at most, unless the pipeline says otherwise. */
  private static final int USUAL_ROWS = 1_000;

  private static final int MOST_ROWS = 100_000;

  private final Connection connection;
  private final String sql;
  private final Map<String, Stage<?>> bound;
  private final @Nullable Class<?> rows;
  private final int atMost;

  Statement(Connection connection, String sql) {
    this(connection, sql, Map.of(), null, USUAL_ROWS);
  }

  private Statement(
      Connection connection,
      String sql,
      Map<String, Stage<?>> bound,
      @Nullable Class<?> rows,
      int atMost) {
    this.connection = connection;
    this.sql = sql;
    this.bound = bound;
    this.rows = rows;
    this.atMost = atMost;
  }

  /** Binds the result of a stage, as JSON, to {@code :name}. */
  public Statement<T> bind(String name, Stage<?> stage) {
    Map<String, Stage<?>> more = new LinkedHashMap<>(bound);
    more.put(name, stage);
    return new Statement<>(connection, sql, more, rows, atMost);
  }

  /** Reads each row as this record: the column {@code first_order} is its {@code firstOrder}. */
  public <R> Statement<List<R>> rows(Class<R> type) {
    return new Statement<>(connection, sql, bound, type, atMost);
  }

  /** How many rows may come; one more fails the stage. 1,000 without it. */
  public Statement<T> atMost(int rowCount) {
    return new Statement<>(connection, sql, bound, rows, rowCount);
  }

  List<Stage<?>> stages() {
    return bound.values().stream().distinct().toList();
  }

  StatementSpec spec(List<Param<?>> params, Findings findings) {
    connection.check(findings);
    if (atMost < 1 || atMost > MOST_ROWS) {
      findings.add(
          "It may give %d rows.".formatted(atMost), "Keep it from 1 to %,d.".formatted(MOST_ROWS));
    }
    SortedMap<String, ValueSpec> values = new TreeMap<>();
    bound.forEach((name, stage) -> values.put(name, ValueSpec.result(stage.name(), Form.JSON)));
    SortedMap<String, ParamType> types = new TreeMap<>();
    for (Param<?> param : params) {
      String name = SqlParams.nameOf(param);
      if (values.putIfAbsent(name, ValueSpec.param(param.name())) != null) {
        findings.add(
            "Two values are bound to :%s.".formatted(name), "Give one of them another name.");
      }
      types.put(name, param.spec().type());
    }
    return new StatementSpec(
        connection.name(), sql, values, types, ResultTypes.name(rows, findings), atMost);
  }
}
