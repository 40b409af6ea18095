package dev.airlock.programs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.airlock.dsl.graph.NamedParameters;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.StatementSpec;
import dev.airlock.dsl.graph.ValueSpec;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import io.temporal.failure.ApplicationFailure;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives databases one statement each, in a transaction that commits only behind the fence. */
final class Statements {

  private static final Logger log = LoggerFactory.getLogger(Statements.class);
  private static final ObjectMapper MAPPER = Json.mapper();

  /** How long a database has to give up a statement before its connection is cut. */
  private static final Duration TO_GIVE_UP = Duration.ofSeconds(5);

  private static final Pattern AFTER_UNDERSCORE = Pattern.compile("_([a-z0-9])");

  private final Vault vault;
  private final World world;

  Statements(Vault vault, World world) {
    this.vault = vault;
    this.world = world;
  }

  StageOutput execute(StageTask task, StatementSpec statement) {
    Vault.Database database = vault.connection(statement.connection());
    try (Connection connection = connect(database, statement)) {
      connection.setAutoCommit(false);
      // Kept before the commit: what can't be kept must not have been done.
      StageOutput result = world.result(carriedOut(connection, task, statement).json());
      world.requireCurrent(task);
      connection.commit();
      return result;
    } catch (SQLException e) {
      throw failed(statement, e);
    }
  }

  private static Connection connect(Vault.Database database, StatementSpec statement)
      throws SQLException {
    Properties properties = new Properties();
    if (!database.user().isEmpty()) {
      properties.setProperty("user", database.user());
    }
    if (!database.password().isEmpty()) {
      properties.setProperty("password", database.password());
    }
    if (DriverManager.drivers().noneMatch(driver -> accepts(driver, database.url()))) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The worker has no JDBC driver for the connection '%s' (%s). Put its jar on the worker's class path."
              .formatted(statement.connection(), scheme(database.url())));
    }
    return DriverManager.getConnection(database.url(), properties);
  }

  private static boolean accepts(java.sql.Driver driver, String url) {
    try {
      return driver.acceptsURL(url);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Of a URL only what tells the kind of database: the rest may hold a password. */
  private static String scheme(String url) {
    String[] parts = url.split(":", 3);
    return parts.length < 3 ? "no JDBC URL" : parts[0] + ":" + parts[1];
  }

  private TaskResult carriedOut(Connection connection, StageTask task, StatementSpec spec)
      throws SQLException {
    NamedParameters read = NamedParameters.of(spec.sql());
    try (PreparedStatement statement = connection.prepareStatement(read.sql())) {
      for (int i = 0; i < read.names().size(); i++) {
        statement.setObject(i + 1, bound(read.names().get(i), task, spec));
      }
      if (spec.rows() != null) {
        // One more than may come, so that too many are told from just enough.
        statement.setMaxRows(spec.atMost() + 1);
      }
      FutureTask<TaskResult> work = new FutureTask<>(() -> answered(statement, task, spec));
      Thread thread = new Thread(work, "statement-" + task.key());
      thread.setDaemon(true);
      thread.start();
      return awaited(work, statement, connection, task);
    }
  }

  private static TaskResult awaited(
      FutureTask<TaskResult> work,
      PreparedStatement statement,
      Connection connection,
      StageTask task)
      throws SQLException {
    try {
      return work.get(task.stage().timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      giveUp(work, statement, connection);
      throw new CancellationException("The statement was given up with its attempt.");
    } catch (TimeoutException e) {
      giveUp(work, statement, connection);
      throw ApplicationFailure.newFailure(
          "The statement took longer than the %s that the stage has. It was given up."
              .formatted(task.stage().timeout()),
          StageFailure.TIMED_OUT);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException database) {
        throw database;
      }
      throw e.getCause() instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException(e.getCause());
    }
  }

  /** Tells the database; cuts the connection where that does not help. */
  private static void giveUp(
      FutureTask<TaskResult> work, PreparedStatement statement, Connection connection) {
    log.info("The attempt is no longer wanted: its statement is given up.");
    try {
      statement.cancel();
      work.get(TO_GIVE_UP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (SQLException | TimeoutException e) {
      cut(connection);
    } catch (ExecutionException e) {
      // It was given up, as it was told.
    } catch (InterruptedException e) {
      cut(connection);
      Thread.currentThread().interrupt();
    }
  }

  private static void cut(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      log.warn("The connection of a statement that was given up can't be cut.", e);
    }
  }

  private Object bound(String name, StageTask task, StatementSpec spec) {
    if (name.equals(NamedParameters.AS_OF)) {
      return task.logicalDate().atZone(ZoneOffset.UTC).toLocalDate();
    }
    if (name.equals(NamedParameters.RUN_KEY)) {
      return task.key();
    }
    ValueSpec value = spec.bound().get(name);
    if (value == null) {
      throw new IllegalArgumentException("Nothing is bound to :" + name);
    }
    String text = new Given(task, vault, world).text(value);
    ParamType type = spec.types().getOrDefault(name, ParamType.TEXT);
    return switch (type) {
      case INTEGER, DECIMAL, BOOLEAN, DATE -> type.parse(text).orElse(text);
      case TEXT, DURATION, URI -> text;
    };
  }

  private TaskResult answered(PreparedStatement statement, StageTask task, StatementSpec spec)
      throws SQLException {
    boolean hasRows = statement.execute();
    String type = spec.rows();
    if (type == null) {
      return new TaskResult(Long.toString(changed(statement, hasRows)));
    }
    if (!hasRows) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The statement gives no rows to read as %s. Take .rows(…) away.".formatted(type));
    }
    try (ResultSet rows = statement.getResultSet()) {
      return rows(rows, Types.load(world, task, type), spec);
    }
  }

  private static long changed(PreparedStatement statement, boolean hasRows) throws SQLException {
    long changed = 0;
    boolean rows = hasRows;
    for (long count = statement.getLargeUpdateCount();
        rows || count >= 0;
        count = statement.getLargeUpdateCount()) {
      changed += Math.max(0, count);
      rows = statement.getMoreResults();
    }
    return changed;
  }

  private static TaskResult rows(ResultSet rows, Class<?> type, StatementSpec spec)
      throws SQLException {
    ArrayNode read = JsonNodeFactory.instance.arrayNode();
    ResultSetMetaData columns = rows.getMetaData();
    while (rows.next()) {
      if (read.size() == spec.atMost()) {
        throw StageFailure.of(
            StageFailure.BAD_DATA,
            "More than the %,d rows came that the stage takes. Ask for fewer, or raise .atMost(…)."
                .formatted(spec.atMost()));
      }
      ObjectNode row = read.addObject();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        put(row, component(columns.getColumnLabel(i)), rows.getObject(i));
      }
    }
    return Results.read(read.toString(), listOf(type), "The rows");
  }

  private static void put(ObjectNode row, String name, @Nullable Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      row.set(name, MAPPER.valueToTree(value instanceof BigDecimal big ? plain(big) : value));
    } else if (value instanceof java.sql.Timestamp moment) {
      row.put(name, moment.toInstant().toString());
    } else if (value instanceof java.sql.Array || value instanceof byte[]) {
      row.put(name, "a list or bytes, which no stage takes");
    } else {
      row.put(name, value == null ? null : value.toString());
    }
  }

  /** {@code 3.00} is a decimal to a database, and may be a whole number to a record. */
  private static BigDecimal plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  /** {@code first_order} is the component {@code firstOrder}. */
  private static String component(String column) {
    return AFTER_UNDERSCORE
        .matcher(column.toLowerCase(Locale.ROOT))
        .replaceAll(found -> found.group(1).toUpperCase(Locale.ROOT));
  }

  private static Type listOf(Class<?> element) {
    return new ParameterizedType() {
      @Override
      public Type[] getActualTypeArguments() {
        return new Type[] {element};
      }

      @Override
      public Type getRawType() {
        return List.class;
      }

      @Override
      public @Nullable Type getOwnerType() {
        return null;
      }
    };
  }

  /** What the database says, without what was bound. Worth another try, unless the SQL is wrong. */
  private static ApplicationFailure failed(StatementSpec spec, SQLException e) {
    String state = String.valueOf(e.getSQLState());
    String why =
        "The database '%s' refuses the statement (%s): %s"
            .formatted(spec.connection(), state, Mask.mask(String.valueOf(e.getMessage())));
    // 22 is bad data, 23 a broken constraint, 42 bad SQL or a missing right (SQL:2023, 24.1).
    boolean hopeless = state.startsWith("22") || state.startsWith("23") || state.startsWith("42");
    return hopeless
        ? StageFailure.of(StageFailure.STATEMENT_FAILED, why)
        : ApplicationFailure.newFailure(why, StageFailure.STATEMENT_FAILED, List.of());
  }
}
