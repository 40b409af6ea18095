package dev.airlock.examples;

import static dev.airlock.dsl.Expectations.column;
import static dev.airlock.dsl.Expectations.rows;
import static dev.airlock.dsl.graph.ColumnType.DATE;
import static dev.airlock.dsl.graph.ColumnType.DECIMAL;
import static dev.airlock.dsl.graph.ColumnType.INTEGER;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Source;
import dev.airlock.dsl.Sql;
import dev.airlock.dsl.Stage;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Asks the live model about every customer, as they stood at the last three month ends: what a shop
 * would do, by a task of one's own.
 */
public final class RepeatPurchaseTraffic implements PipelineSource {

  static final Param<URI> GATEWAY = Param.uri("gateway").orElse("http://127.0.0.1:8080");
  static final Param<String> MODEL = Param.text("model").orElse("repeat-purchase");

  /** Part of every prediction's id: the same wave again asks again, and counts once. */
  static final Param<String> WAVE = Param.text("wave").orElse("first");

  /** How long the sending takes; at once where it is zero. */
  static final Param<Duration> OVER = Param.duration("over").orElse(Duration.ZERO);

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("repeat-purchase-traffic").ownedBy("growth-ml");

    Stage<Dataset> orders =
        pipeline.ingest(
            "orders",
            Source.csv(RepeatPurchase.ORDERS)
                .column("customer_id", INTEGER)
                .column("ordered_on", DATE)
                .column("amount", DECIMAL));
    Stage<Dataset> valid =
        pipeline.validate(
            "orders-ok",
            orders,
            column("customer_id").notNull(),
            column("ordered_on").notNull(),
            column("amount").between(0, 10_000),
            rows().atLeast(1_000));
    Stage<Dataset> features =
        pipeline
            .transform("features", Sql.resource("repeat-purchase.sql"), valid)
            .with(RepeatPurchase.HORIZON_DAYS);
    pipeline.task("send", TrafficTasks::send, features, GATEWAY, MODEL, WAVE, OVER);

    return pipeline.build();
  }

  @Override
  public List<Object> tasks() {
    return List.of(new GatewayTraffic());
  }
}
