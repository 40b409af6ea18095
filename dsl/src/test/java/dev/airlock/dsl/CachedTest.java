package dev.airlock.dsl;

import static dev.airlock.dsl.Expectations.column;
import static dev.airlock.dsl.Shop.assertProblem;
import static java.time.Duration.ofDays;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.airlock.dsl.graph.CacheSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Graph;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CachedTest {

  private static Source orders() {
    return Source.csv("orders.csv").column("customer_id", ColumnType.INTEGER);
  }

  @Test
  void shouldKeepWhatWasSaid() {
    Graph graph =
        Shop.build(
            pipeline -> {
              Stage<Dataset> orders = pipeline.ingest("orders", orders()).cached();
              Stage<Dataset> valid =
                  pipeline.validate("orders-ok", orders, column("customer_id").notNull());
              pipeline
                  .transform("features", Sql.text("SELECT 1 AS one FROM orders_ok"), valid)
                  .cached(ofDays(7));
            });

    assertEquals(new CacheSpec(null), graph.stage("orders").orElseThrow().cache());
    assertNull(graph.stage("orders-ok").orElseThrow().cache());
    assertEquals(new CacheSpec(ofDays(7)), graph.stage("features").orElseThrow().cache());
  }

  @Test
  void shouldRefuseAStageThatDoesSomethingInTheWorld() {
    assertProblem(
        "stage 'orders-ok'",
        "A validate can't be cached",
        "Take .cached() away",
        pipeline ->
            pipeline
                .validate(
                    "orders-ok",
                    pipeline.ingest("orders", orders()),
                    column("customer_id").notNull())
                .cached());
  }

  @Test
  void shouldRefuseAnAgeThatNothingIs() {
    assertProblem(
        "stage 'orders'",
        "within PT0S",
        "at least a second",
        pipeline -> pipeline.ingest("orders", orders()).cached(Duration.ZERO));
  }
}
