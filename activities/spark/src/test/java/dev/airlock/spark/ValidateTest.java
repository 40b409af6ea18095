package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Expectation;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.SnapshotRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ValidateTest {

  private static final Expectation[] KEPT = {
    new Expectation.NotNull("order_id"),
    new Expectation.Between("amount", 10, 30),
    new Expectation.Unique(List.of("order_id")),
    new Expectation.Unique(List.of("customer", "ordered_on")),
    new Expectation.RowsAtLeast(3),
    new Expectation.RowsAtMost(3),
    new Expectation.HasColumns(List.of(new ColumnSpec("ordered_on", ColumnType.DATE)))
  };

  @TempDir private Path folder;

  @Test
  void shouldPublishAndTagWhatKeepsEveryExpectation() {
    World world = new World("validate-publish");
    long run = World.newRun();
    DatasetVersion orders = ingest(world, run, Orders.THREE);

    DatasetVersion published = validate(world, run, orders, KEPT);

    assertNull(published.branch());
    assertEquals(orders.snapshotId(), published.snapshotId());
    assertEquals(3, world.table("orders").main().count());
    SnapshotRef tag =
        Objects.requireNonNull(world.table("orders").iceberg().refs().get("run_" + run));
    assertEquals(published.snapshotId(), tag.snapshotId());
    assertTrue(tag.isTag());
    assertEquals(List.of(), world.table("orders").branches());
    assertEquals(published, world.ledger.published.get(run + "/orders-ok"));
  }

  @Test
  void shouldReportAllThatDoesNotHoldAtOnceWithKeysOnly() {
    World world = new World("validate-fails");
    long run = World.newRun();
    String broken =
        Orders.HEADER
            + "1,secret,,-1\n1,,1997-01-02,5\n2,b,,20000\n3,b,1997-01-02,7\n4,b,1997-01-03,12000\n";
    DatasetVersion orders = ingest(world, run, broken);

    ApplicationFailure failure =
        assertThrows(
            ApplicationFailure.class,
            () ->
                validate(
                    world,
                    run,
                    orders,
                    new Expectation.Unique(List.of("order_id")),
                    new Expectation.NotNull("ordered_on"),
                    new Expectation.Between("amount", 0, 10_000),
                    new Expectation.Between("customer", 0, 1),
                    new Expectation.NotNull("colour"),
                    new Expectation.NotNull("order_id"),
                    new Expectation.RowsAtLeast(1_000),
                    new Expectation.RowsAtMost(2),
                    new Expectation.HasColumns(
                        List.of(
                            new ColumnSpec("amount", ColumnType.INTEGER),
                            new ColumnSpec("size", ColumnType.TEXT)))));

    assertEquals(StageFailure.BAD_DATA, failure.getType());
    String dataset = "validate-fails.orders";
    List<String> expected =
        List.of(
            dataset
                + ", column order_id: expected no two rows alike in it, found 2 rows that share 1 values, such as order_id 1.",
            dataset
                + ", column ordered_on: expected a value in every row, found none in 2 of 5 rows, such as order_id 1, 2.",
            dataset
                + ", column amount: expected values from 0 to 10,000, found others in 3 of 5 rows, such as order_id 1, 2, 4.",
            dataset + ", column customer: expected numbers, found TEXT.",
            dataset
                + ": there is no column 'colour'. The columns are order_id, customer, ordered_on, amount.",
            dataset + ": expected at least 1,000 rows, found 5.",
            dataset + ": expected at most 2 rows, found 5.",
            dataset + ", column amount: expected the type INTEGER, found DECIMAL.",
            dataset
                + ": there is no column 'size'. The columns are order_id, customer, ordered_on, amount.");
    assertEquals(expected, failure.getDetails().get(0, List.class));
    assertEquals(expected.get(0) + " 8 more are not met.", failure.getOriginalMessage());
    assertEquals(0, world.table("orders").main().count());
    assertEquals(List.of(), world.table("orders").branches());
  }

  @Test
  void shouldAnswerTheSameWhenCarriedOutAgain() {
    World world = new World("validate-again");
    long run = World.newRun();
    DatasetVersion orders = ingest(world, run, Orders.THREE);
    DatasetVersion published = validate(world, run, orders, KEPT);

    world.attempt.set(2);
    world.ledger.begin(run, "orders-ok", 2);
    assertEquals(published, validate(world, run, orders, KEPT));

    world.ledger.published.clear();
    assertEquals(published, validate(world, run, orders, KEPT), "main had moved, the ledger not");
    assertEquals(published, world.ledger.published.get(run + "/orders-ok"));
  }

  @Test
  void shouldLetBothPublishWhenTwoBeganAtTheSameMain() {
    World world = new World("validate-race");
    long first = World.newRun();
    long second = World.newRun();
    DatasetVersion three = ingest(world, first, Orders.THREE);
    DatasetVersion two = ingest(world, second, Orders.TWO);

    DatasetVersion firstPublished = validate(world, first, three);
    DatasetVersion secondPublished = validate(world, second, two);

    assertEquals(three.snapshotId(), firstPublished.snapshotId());
    assertEquals(2, secondPublished.rows());
    assertEquals(2, world.table("orders").main().count());
    assertEquals(2, world.table("orders").at(secondPublished).count());
    assertEquals(3, world.table("orders").at(firstPublished).count(), "the old one stays readable");
    assertTrue(
        Branch.isOnMain(world.table("orders").iceberg(), firstPublished.snapshotId()),
        "what was published first is still in main's history");
    assertEquals(List.of(), world.table("orders").branches());
  }

  @Test
  void shouldNotPublishWhenALaterAttemptHasBegun() {
    World world = new World("validate-fenced");
    long run = World.newRun();
    DatasetVersion orders = ingest(world, run, Orders.THREE);
    world.ledger.begin(run, "orders-ok", 2);

    ApplicationFailure failure =
        assertThrows(ApplicationFailure.class, () -> validate(world, run, orders, KEPT));

    assertEquals(StageFailure.FENCED, failure.getType());
    assertEquals(0, world.table("orders").main().count());
    world.attempt.set(2);
    assertEquals(3, validate(world, run, orders, KEPT).rows(), "the later attempt can");
  }

  private DatasetVersion ingest(World world, long run, String content) {
    Path file = World.file(folder, "orders-%d.csv".formatted(run), content);
    return world.datasets.ingest(world.task(run, Orders.ingest(file), Map.of()));
  }

  private static DatasetVersion validate(
      World world, long run, DatasetVersion orders, Expectation... expectations) {
    StageSpec stage = expectations.length == 0 ? Orders.validate() : Orders.validate(expectations);
    return world.datasets.validate(world.task(run, stage, Map.of("orders", orders)));
  }
}
