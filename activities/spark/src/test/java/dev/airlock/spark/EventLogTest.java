package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import io.temporal.failure.ApplicationFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.SparkConf;
import org.apache.spark.io.ZStdCompressionCodec;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;

/**
 * What Spark did for one attempt, and nothing of its neighbours; and why it failed, cause first.
 */
final class EventLogTest {

  @TempDir private Path folder;

  @Test
  void shouldGiveAHistoryServerTheJobsOfOneAttemptAlone() throws IOException {
    World world = new World("events-apart");
    DatasetVersion orders = ingest(world);
    List<CompletableFuture<Void>> running = new ArrayList<>();
    List<Long> runs = List.of(World.newRun(), World.newRun(), World.newRun());
    for (long run : runs) {
      running.add(
          CompletableFuture.runAsync(
              () ->
                  transform(
                      world,
                      run,
                      "SELECT customer, %d AS run FROM orders".formatted(run),
                      orders)));
    }
    running.forEach(CompletableFuture::join);

    for (long run : runs) {
      byte[] log = World.sessions().takeEventLog("run-%d/made/1".formatted(run)).orElseThrow();
      String text = text(log);
      assertTrue(text.contains("%d AS run".formatted(run)), "its own query");
      for (long other : runs) {
        assertEquals(other == run, text.contains("run-%d/made/1".formatted(other)));
      }
      assertFalse(text.contains("password"), "no password of the catalog");
      assertFalse(text.contains(World.postgres().ownerPassword()));
    }
    assertTrue(World.sessions().takeEventLog("run-%d/made/1".formatted(runs.get(0))).isEmpty());
  }

  @Test
  void shouldSayTheRootCauseFirstThenTheJobAndTheLineOfTheUsersCode() {
    World world = new World("events-fault");
    DatasetVersion orders = ingest(world);
    World.session().udf().register("airlock_test_break", new Breaks(), DataTypes.StringType);
    long run = World.newRun();

    ApplicationFailure failure =
        assertThrows(
            ApplicationFailure.class,
            () ->
                transform(
                    world, run, "SELECT airlock_test_break(customer) AS c FROM orders", orders));

    assertEquals("made: IllegalStateException: no such customer", failure.getOriginalMessage());
    assertFalse(failure.isNonRetryable());
    assertEquals(IllegalStateException.class.getName(), failure.getType());
    List<String> details = StageFailure.details(failure);
    assertTrue(
        details.get(0).matches("Spark job \\d+, stage \\d+ \\(.*\\), task 1 of 1 on \\S+: .*\\."),
        details.get(0));
    assertTrue(World.sessions().takeEventLog("run-%d/made/1".formatted(run)).isPresent());
  }

  @Test
  void shouldShowTheLineOfSqlThatFailsOnARow() {
    World world = new World("events-sql");
    DatasetVersion orders = ingest(world);

    ApplicationFailure failure =
        assertThrows(
            ApplicationFailure.class,
            () ->
                transform(
                    world,
                    World.newRun(),
                    "SELECT order_id,\n  order_id / (order_id - order_id) AS share\nFROM orders",
                    orders));

    assertEquals(StageFailure.BAD_PIPELINE, failure.getType());
    assertTrue(
        failure.getOriginalMessage().startsWith("made, line 2 of its SQL: Division by zero."),
        failure.getOriginalMessage());
    List<String> details = StageFailure.details(failure);
    assertEquals("2 |   order_id / (order_id - order_id) AS share", details.get(0));
    assertTrue(details.get(details.size() - 1).startsWith("Spark job "), details.toString());
  }

  @Test
  void shouldLeaveSingleTasksOutBeyondItsBound() throws IOException {
    EventLog log = new EventLog(new SparkConf(false), 0);
    log.begins();
    for (int i = 0; i < 3; i++) {
      log.add(new org.apache.spark.scheduler.SparkListenerLogStart("4"));
      log.addOfTask(new org.apache.spark.scheduler.SparkListenerLogStart("task"));
    }

    String text =
        text(
            log.close(new org.apache.spark.scheduler.SparkListenerApplicationEnd(1, Option.empty()))
                .orElseThrow());

    assertEquals(4, text.lines().count());
    assertFalse(text.contains("task"));
  }

  private static String text(byte[] log) throws IOException {
    try (var stream =
        new ZStdCompressionCodec(new SparkConf(false))
            .compressedInputStream(new ByteArrayInputStream(log))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private DatasetVersion ingest(World world) {
    Path file = World.file(folder, "orders.csv", Orders.THREE);
    return world.datasets.ingest(world.task(World.newRun(), Orders.ingest(file), Map.of()));
  }

  private static DatasetVersion transform(
      World world, long run, String sql, DatasetVersion orders) {
    return world.datasets.transform(
        world.task(
            run, World.stage("made", new Work.Transform(sql), "orders"), Map.of("orders", orders)));
  }

  /** Somebody's function that fails. */
  private static final class Breaks implements UDF1<String, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String call(String customer) {
      throw new IllegalStateException("no such customer");
    }
  }
}
