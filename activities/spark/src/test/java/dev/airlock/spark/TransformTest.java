package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TransformTest {

  @TempDir private Path folder;

  @Test
  void shouldReadItsInputAtItsSnapshotWhereverMainStands() {
    World world = new World("transform-snapshot");
    DatasetVersion old = orders(world, Orders.THREE);
    orders(world, Orders.TWO);

    DatasetVersion sums =
        transform(world, old, "SELECT customer, sum(amount) AS spend FROM orders_ok GROUP BY 1");

    assertEquals(
        List.of("[a,40.0]", "[b,20.5]"),
        world.table("sums").main().orderBy("customer").collectAsList().stream()
            .map(Row::toString)
            .toList());
    assertEquals("transform-snapshot.sums", sums.dataset());
    assertNull(sums.branch());
    assertEquals(2, sums.rows());
    assertEquals(
        List.of(
            new ColumnSpec("customer", ColumnType.TEXT),
            new ColumnSpec("spend", ColumnType.DECIMAL)),
        sums.columns());
  }

  @Test
  void shouldBindTheLogicalDateAndTypedParams() {
    World world = new World("transform-params");
    DatasetVersion orders = orders(world, Orders.THREE);
    world.become(
        new Graph(
            "transform-params",
            "tests",
            null,
            List.of(
                new ParamSpec("days-back", ParamType.INTEGER, null, null, null),
                new ParamSpec("rate", ParamType.DECIMAL, null, null, null),
                new ParamSpec("word", ParamType.TEXT, null, null, null),
                new ParamSpec("since", ParamType.DATE, null, null, null),
                new ParamSpec("flag", ParamType.BOOLEAN, null, null, null),
                new ParamSpec("file", ParamType.URI, null, null, null)),
            List.of()));
    String sql =
        """
        -- :as_of in a comment is none
        WITH named AS (SELECT date_sub(:as_of, :days_back) AS day FROM orders_ok LIMIT 1)
        SELECT day, :rate * 2 AS doubled, concat(:word, ':as_of') AS word, :since AS since,
               :flag AS flag, :file AS file, typeof(:days_back) AS type, typeof(:as_of) AS as_of
        FROM named; -- done
        """
            .replace("; -- done", ";");
    Map<String, String> params =
        Map.of(
            "days-back", "30",
            "rate", "1.5",
            "word", "'; drop",
            "since", "1997-01-31",
            "flag", "true",
            "file", "a/b.csv");

    DatasetVersion result =
        world.datasets.transform(
            world.task(
                World.newRun(),
                stage(sql, params.keySet().stream().sorted().toList()),
                Map.of("orders-ok", orders),
                params));

    assertEquals(
        "[1997-12-01,3.0,'; drop:as_of,1997-01-31,1,a/b.csv,int,date]",
        world.table("sums").at(result).first().toString());
  }

  @Test
  void shouldPublishOnceHoweverOftenItRuns() {
    World world = new World("transform-again");
    DatasetVersion orders = orders(world, Orders.THREE);
    long run = World.newRun();
    var task =
        world.task(run, stage("SELECT * FROM orders_ok", List.of()), Map.of("orders-ok", orders));
    DatasetVersion first = world.datasets.transform(task);

    world.attempt.set(2);
    assertEquals(first, world.datasets.transform(task));
    world.ledger.published.clear();
    DatasetVersion again = world.datasets.transform(task);

    assertEquals(3, again.rows());
    assertEquals(3, world.table("sums").main().count());
    assertEquals(List.of(), world.table("sums").branches());
  }

  @Test
  void shouldKeepRunsApartThatWorkAtOnce() {
    World world = new World("transform-apart");
    DatasetVersion three = orders(world, Orders.THREE);
    DatasetVersion two = orders(world, Orders.TWO);
    String sql = "SELECT order_id FROM orders_ok";

    List<CompletableFuture<DatasetVersion>> runs =
        List.of(three, two, three, two).stream()
            .map(input -> CompletableFuture.supplyAsync(() -> transform(world, input, sql)))
            .toList();

    List<Long> counts =
        runs.stream().map(run -> world.table("sums").at(run.join()).count()).toList();
    assertEquals(List.of(3L, 2L, 3L, 2L), counts);
    assertEquals(List.of(), world.table("sums").branches());
  }

  @Test
  void shouldNameTheLineWhenTheSqlIsWrong() {
    World world = new World("transform-wrong");
    DatasetVersion orders = orders(world, Orders.THREE);

    String column = failure(world, orders, "SELECT\n  order_id,\n  colour\nFROM orders_ok");
    assertTrue(column.startsWith("sums, line 3 of its SQL: "), column);
    assertTrue(column.contains("there is no column 'colour'"), column);

    String syntax = failure(world, orders, "SELECT order_id\nFROM orders_ok\nWHERE ORDER BY");
    assertTrue(syntax.startsWith("sums, line 3 of its SQL: Syntax error"), syntax);

    String table = failure(world, orders, "SELECT *\nFROM elsewhere");
    assertTrue(table.startsWith("sums, line 2 of its SQL: "), table);
    assertTrue(table.contains("`elsewhere` cannot be found"), table);

    String value = failure(world, orders, "SELECT\n CAST(customer AS INT) AS n FROM orders_ok");
    assertTrue(value.startsWith("sums, line 2 of its SQL: "), value);
    assertTrue(value.contains("cannot be cast"), value);

    String zero = failure(world, orders, "SELECT amount / (order_id - 1) AS n FROM orders_ok");
    assertTrue(zero.startsWith("sums, line 1 of its SQL: Division by zero"), zero);

    String param = failure(world, orders, "SELECT :days AS n FROM orders_ok");
    assertTrue(param.contains("days"), param);

    for (String sentence : List.of(column, syntax, table, value, zero, param)) {
      assertTrue(!sentence.contains("== SQL") && !sentence.contains("SQLSTATE"), sentence);
    }
    assertEquals(
        "sums: expected column many to be text, a number, true or false, a date or a timestamp, found ARRAY<INT>. Cast it, or leave it out.",
        failure(world, orders, "SELECT array(1) AS many FROM orders_ok"));
    assertEquals(
        "sums: expected each column once, found AMOUNT twice. Name one of them differently, with AS.",
        failure(world, orders, "SELECT amount, order_id AS AMOUNT FROM orders_ok"));
  }

  @Test
  void shouldDropTheBranchWhenTheQueryFailsOnItsWay() {
    World world = new World("transform-fails");
    DatasetVersion orders = orders(world, Orders.THREE);
    failure(world, orders, "SELECT CAST(customer AS INT) AS n FROM orders_ok");
    assertEquals(List.of(), world.table("sums").branches());
    assertEquals(0, world.table("sums").main().count());
  }

  private static String failure(World world, DatasetVersion orders, String sql) {
    ApplicationFailure failure =
        assertThrows(ApplicationFailure.class, () -> transform(world, orders, sql));
    assertEquals(StageFailure.BAD_PIPELINE, failure.getType());
    return failure.getOriginalMessage();
  }

  private static DatasetVersion transform(World world, DatasetVersion orders, String sql) {
    return world.datasets.transform(
        world.task(World.newRun(), stage(sql, List.of()), Map.of("orders-ok", orders)));
  }

  private static StageSpec stage(String sql, List<String> params) {
    return new StageSpec(
        "sums",
        new Work.Transform(sql),
        List.of("orders-ok"),
        params,
        RetrySpec.STANDARD,
        Duration.ofMinutes(5));
  }

  private DatasetVersion orders(World world, String content) {
    long run = World.newRun();
    Path file = World.file(folder, "orders-%d.csv".formatted(run), content);
    DatasetVersion orders = world.datasets.ingest(world.task(run, Orders.ingest(file), Map.of()));
    return world.datasets.validate(world.task(run, Orders.validate(), Map.of("orders", orders)));
  }
}
