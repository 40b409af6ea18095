package dev.airlock.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.Param;
import dev.airlock.dsl.Program;
import dev.airlock.dsl.SqlOn;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.Statement;
import dev.airlock.local.PostgresServer;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StatementsTest {

  private static final Param<Integer> LEAST = Param.integer("least-amount").orElse(2);
  private static final Param<String> NAME = Param.text("name").orElse("x");

  @TempDir Path home;
  private final PostgresServer server = PostgresServer.shared();
  private Scene scene;

  /** A row of the table. */
  public record Order(int id, String customerName, double amount) {}

  @BeforeEach
  void begin() throws SQLException {
    scene =
        new Scene(home)
            .variable("AIRLOCK_CONNECTION_WAREHOUSE_URL", server.url("postgres"))
            .variable("AIRLOCK_CONNECTION_WAREHOUSE_USER", PostgresServer.OWNER)
            .variable("AIRLOCK_CONNECTION_WAREHOUSE_PASSWORD", server.ownerPassword());
    directly("drop table if exists orders");
    directly("create table orders (id int, customer_name text, amount numeric(9, 2), as_of date)");
    directly("insert into orders values (1, 'anna', 1.50, null), (2, 'bob', 3.00, null)");
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        server.url("postgres"), PostgresServer.OWNER, server.ownerPassword());
  }

  private void directly(String sql) throws SQLException {
    try (Connection connection = connect();
        java.sql.Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String ask(String sql) throws SQLException {
    try (Connection connection = connect();
        java.sql.Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  private static Statement<Long> on(String sql) {
    return SqlOn.connection("warehouse").statement(sql);
  }

  private TaskResult execute(Statement<?> statement, Param<?>... params) {
    return (TaskResult) scene.programs().executeStatement(task(statement, params));
  }

  private StageTask task(Statement<?> statement, Param<?>... params) {
    return scene.task(pipeline -> pipeline.sql("refresh", statement).with(params));
  }

  @Test
  void shouldCountWhatItHasChangedAndBindWhatItIsGiven() throws SQLException {
    scene.param("least-amount", "2");

    TaskResult result =
        execute(on("update orders set as_of = :as_of where amount >= :least_amount"), LEAST);

    assertEquals("1", result.json());
    assertEquals("2026-01-05", ask("select as_of from orders where id = 2"));
  }

  @Test
  void shouldNotTakeAValueForSql() throws SQLException {
    scene.param("name", "'; drop table orders; --");

    execute(on("update orders set customer_name = :name where id = 1 -- :nothing"), NAME);

    assertEquals("'; drop table orders; --", ask("select customer_name from orders where id = 1"));
  }

  @Test
  void shouldBindTheResultOfAStage() {
    scene.input("train", new TaskResult("{\"auc\":0.75}"));

    TaskResult result =
        (TaskResult)
            scene
                .programs()
                .executeStatement(
                    scene.task(
                        pipeline -> {
                          Stage<Void> train = pipeline.process("train", Program.of("true"));
                          return pipeline.sql(
                              "keep",
                              on("update orders set amount = (:trained::jsonb ->> 'auc')::numeric")
                                  .bind("trained", train));
                        }));

    assertEquals("2", result.json());
  }

  @Test
  void shouldReadRowsAsRecords() {
    TaskResult result =
        execute(on("select id, customer_name, amount from orders order by id").rows(Order.class));

    assertEquals(
        "[{\"id\":1,\"customerName\":\"anna\",\"amount\":1.5},"
            + "{\"id\":2,\"customerName\":\"bob\",\"amount\":3.0}]",
        result.json());
  }

  @Test
  void shouldFailWhenMoreRowsComeThanItTakes() {
    ApplicationFailure failure =
        Scene.failure(() -> execute(on("select * from orders").rows(Order.class).atMost(1)));

    assertEquals(
        "More than the 1 rows came that the stage takes. Ask for fewer, or raise .atMost(…).",
        failure.getOriginalMessage());
  }

  @Test
  void shouldNameTheColumnWhenARowIsNotAsExpected() {
    ApplicationFailure failure =
        Scene.failure(
            () ->
                execute(
                    on("select id, null as customer_name, 1 as amount from orders")
                        .rows(Order.class)));

    assertEquals(
        "The rows: expected a text at [0].customerName, but came null.",
        failure.getOriginalMessage());
  }

  @Test
  void shouldLeaveNothingWhenALaterAttemptHasBegun() throws SQLException {
    scene.fenced();

    assertThrows(IllegalStateException.class, () -> execute(on("delete from orders")));

    assertEquals("2", ask("select count(*) from orders"));
  }

  @Test
  void shouldCancelTheStatementWhenTheAttemptIsNoLongerWanted() throws Exception {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    StageTask task = task(on("select pg_sleep(300)"));
    Thread attempt =
        new Thread(
            () ->
                ended.complete(
                    assertThrows(
                        CancellationException.class,
                        () -> scene.programs().executeStatement(task))));
    attempt.start();
    awaitSleepers("1");

    attempt.interrupt();

    ended.get(30, TimeUnit.SECONDS);
    awaitSleepers("0");
  }

  private void awaitSleepers(String count) throws Exception {
    Deadline.awaits(
        count + " statements at work",
        () ->
            ask("select count(*) from pg_stat_activity where state = 'active'"
                    + " and query like '%pg_sleep(300)%' and pid <> pg_backend_pid()")
                .equals(count));
  }

  @Test
  void shouldSayWhatTheDatabaseRefusesAndNotTryAgainWhenTheSqlIsWrong() {
    ApplicationFailure failure = Scene.failure(() -> execute(on("select * from nowhere")));

    assertTrue(failure.isNonRetryable());
    assertEquals(StageFailure.STATEMENT_FAILED, failure.getType());
    assertTrue(
        failure
            .getOriginalMessage()
            .startsWith(
                "The database 'warehouse' refuses the statement (42P01):"
                    + " ERROR: relation \"nowhere\" does not exist"),
        failure.getOriginalMessage());
  }

  @Test
  void shouldSayNothingOfThePasswordWhenItIsWrong() {
    scene.variable("AIRLOCK_CONNECTION_WAREHOUSE_PASSWORD", "wrong-and-secret");

    ApplicationFailure failure = Scene.failure(() -> execute(on("select 1")));

    assertFalse(failure.toString().contains("wrong-and-secret"), failure.toString());
    assertFalse(failure.isNonRetryable());
  }

  @Test
  void shouldSayWhichConnectionIsMissing() {
    ApplicationFailure failure =
        Scene.failure(() -> execute(SqlOn.connection("lake").statement("select 1")));

    assertEquals(
        "The worker has no connection 'lake': give it AIRLOCK_CONNECTION_LAKE_URL, _USER and"
            + " _PASSWORD, or the file %s.".formatted(home.resolve("connections/lake.properties")),
        failure.getOriginalMessage());
  }

  @Test
  void shouldSayWhichDriverIsMissing() {
    scene.variable("AIRLOCK_CONNECTION_LAKE_URL", "jdbc:lakebase://u:hidden@lake/x");

    ApplicationFailure failure =
        Scene.failure(() -> execute(SqlOn.connection("lake").statement("select 1")));

    assertEquals(
        "The worker has no JDBC driver for the connection 'lake' (jdbc:lakebase)."
            + " Put its jar on the worker's class path.",
        failure.getOriginalMessage());
    assertEquals(List.of(), StageFailure.details(failure));
  }
}
