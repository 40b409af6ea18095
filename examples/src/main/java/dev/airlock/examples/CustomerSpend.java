package dev.airlock.examples;

import static dev.airlock.dsl.Expectations.column;
import static dev.airlock.dsl.Expectations.rows;
import static dev.airlock.dsl.Metrics.RMSE;
import static dev.airlock.dsl.graph.ColumnType.DATE;
import static dev.airlock.dsl.graph.ColumnType.DECIMAL;
import static dev.airlock.dsl.graph.ColumnType.INTEGER;
import static java.time.Duration.ofDays;

import dev.airlock.dsl.Approved;
import dev.airlock.dsl.Candidate;
import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Evaluation;
import dev.airlock.dsl.ModelVersion;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Source;
import dev.airlock.dsl.Split;
import dev.airlock.dsl.Sql;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.Trainer;
import java.net.URI;
import java.util.List;

/** How many dollars will a customer spend within 90 days? The same shape, for a number. */
public final class CustomerSpend implements PipelineSource {

  static final Param<URI> ORDERS = Param.uri("orders").orElse("cdnow-orders.csv.gz");
  static final Param<Integer> HORIZON_DAYS =
      Param.integer("horizon-days").between(7, 365).orElse(90);

  static final List<String> FEATURES =
      List.of("log_recency", "log_frequency", "mean_order", "spend_90");

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("customer-spend").ownedBy("growth-ml");

    Stage<Dataset> orders =
        pipeline.ingest(
            "orders",
            Source.csv(ORDERS)
                .column("customer_id", INTEGER)
                .column("ordered_on", DATE)
                .column("amount", DECIMAL));
    Stage<Dataset> valid =
        pipeline.validate(
            "orders-ok",
            orders,
            column("customer_id").notNull(),
            column("ordered_on").notNull(),
            column("amount").notNull(),
            column("amount").between(0, 10_000),
            rows().atLeast(1_000));
    Stage<Dataset> features =
        pipeline
            .transform("features", Sql.resource("customer-spend.sql"), valid)
            .with(HORIZON_DAYS);

    Split split = Split.bySnapshot("as_of").embargo(HORIZON_DAYS);
    Stage<Candidate> linear =
        pipeline.train(
            "linear",
            features,
            split,
            Trainer.linearRegression().label("next_spend").features(FEATURES));
    Stage<Candidate> trees =
        pipeline.train(
            "trees",
            features,
            split,
            Trainer.regressionTrees().label("next_spend").features(FEATURES).trees(20).maxDepth(4));

    Stage<Evaluation> judged =
        pipeline
            .evaluate("judge", split, linear, trees)
            .choose(RMSE)
            .require(RMSE.notAboveChampionBy(1));
    Stage<ModelVersion> version = pipeline.register("register", judged);
    Stage<Approved<ModelVersion>> approved =
        pipeline.approval("promote", version).by("ml-leads").within(ofDays(3)).orReject();
    pipeline.deploy("go-live", approved).blueGreen();

    return pipeline.build();
  }
}
