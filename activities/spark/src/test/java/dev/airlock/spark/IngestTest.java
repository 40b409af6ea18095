package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IngestTest {

  @TempDir private Path folder;

  @Test
  void shouldPutTheFileOnABranchThatNobodyElseSees() {
    World world = new World("ingest-branch");
    long run = World.newRun();

    DatasetVersion orders = ingest(world, run, Orders.THREE);

    assertEquals("ingest-branch.orders", orders.dataset());
    assertEquals("run_%d_orders_a1".formatted(run), orders.branch());
    assertEquals(3, orders.rows());
    assertEquals(Orders.COLUMNS, orders.columns());
    Row last = world.table("orders").at(orders).orderBy("order_id").collectAsList().get(2);
    assertEquals(List.of(3L, "a", 30.0), List.of(last.get(0), last.get(1), last.get(3)));
    assertEquals(0, world.table("orders").main().count());
    assertEquals(
        Long.toString(run),
        world.table("orders").iceberg().snapshot(orders.snapshotId()).summary().get(Branch.RUN));
  }

  @Test
  void shouldNotDoubleTheRowsWhenTriedAgain() {
    World world = new World("ingest-again");
    long run = World.newRun();
    ingest(world, run, Orders.THREE);

    world.attempt.set(2);
    DatasetVersion second = ingest(world, run, Orders.THREE);

    assertEquals(3, second.rows());
    assertEquals(3, world.table("orders").at(second).count());
    assertEquals(List.of("run_%d_orders_a2".formatted(run)), world.table("orders").branches());
  }

  @Test
  void shouldReplaceWhatMainHasByWhatTheFileHas() {
    World world = new World("ingest-replaces");
    publish(world, ingest(world, World.newRun(), Orders.THREE));

    DatasetVersion orders = ingest(world, World.newRun(), Orders.TWO);

    assertEquals(2, orders.rows());
    assertEquals(
        List.of(8L, 9L),
        world
            .table("orders")
            .at(orders)
            .select("order_id")
            .orderBy("order_id")
            .collectAsList()
            .stream()
            .map(row -> row.getLong(0))
            .toList());
    assertEquals(3, world.table("orders").main().count());
  }

  @Test
  void shouldLetNothingReachMainWhenTheFileIsBroken() {
    World world = new World("ingest-broken");
    publish(world, ingest(world, World.newRun(), Orders.THREE));

    ApplicationFailure failure =
        assertThrows(
            ApplicationFailure.class,
            () -> ingest(world, World.newRun(), Orders.TWO + "10,d,1997-02-30,1\n"));

    assertEquals(
        "orders.csv, row 4, column ordered_on: expected a date like 1997-12-31, found \"1997-02-30\".",
        failure.getOriginalMessage());
    assertEquals(3, world.table("orders").main().count());
    assertEquals(List.of(), world.table("orders").branches());
  }

  @Test
  void shouldKeepOldVersionsReadableWhenColumnsChange() {
    World world = new World("ingest-columns");
    DatasetVersion old = publish(world, ingest(world, World.newRun(), Orders.THREE));
    List<ColumnSpec> columns =
        List.of(
            new ColumnSpec("amount", ColumnType.TEXT),
            new ColumnSpec("order_id", ColumnType.INTEGER));
    Path file = World.file(folder, "orders.csv", Orders.TWO);
    var stage =
        World.stage("orders", new Work.Ingest(new SourceSpec.Csv(Setting.of(file), columns)));

    DatasetVersion orders = world.datasets.ingest(world.task(World.newRun(), stage, Map.of()));

    Row first = world.table("orders").at(orders).orderBy("order_id").first();
    assertEquals("80", first.getAs("amount"));
    Row before = world.table("orders").at(old).orderBy("order_id").first();
    assertEquals(10.0, before.<Double>getAs("amount"));
    assertEquals("a", before.getAs("customer"));
  }

  @Test
  void shouldBeReadRowByRowByTasks() {
    World world = new World("ingest-rows");
    DatasetVersion orders = publish(world, ingest(world, World.newRun(), Orders.THREE));
    var dataset = new SparkDatasets(World.sessions()).open(orders);
    try (var rows = dataset.rows()) {
      var second = rows.filter(row -> row.integer("order_id") == 2).findFirst().orElseThrow();
      assertEquals("b", second.text("customer"));
      assertEquals(LocalDate.of(1997, 2, 1), second.date("ordered_on"));
      assertEquals(20.5, second.decimal("amount"));
      assertThrows(IllegalArgumentException.class, () -> second.get("colour"));
    }
    assertEquals(3, dataset.rowCount());
  }

  private DatasetVersion ingest(World world, long run, String content) {
    Path file = World.file(folder, "orders.csv", content);
    return world.datasets.ingest(world.task(run, Orders.ingest(file), Map.of()));
  }

  private static DatasetVersion publish(World world, DatasetVersion orders) {
    return world.datasets.validate(
        world.task(World.newRun(), Orders.validate(), Map.of("orders", orders)));
  }
}
