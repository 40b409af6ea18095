package dev.airlock.examples;

import static dev.airlock.dsl.Canary.weight;
import static dev.airlock.dsl.Conditions.allOf;
import static dev.airlock.dsl.Expectations.column;
import static dev.airlock.dsl.Expectations.rows;
import static dev.airlock.dsl.Metrics.AUC;
import static dev.airlock.dsl.Metrics.LOG_LOSS;
import static dev.airlock.dsl.Signals.ERROR_RATE;
import static dev.airlock.dsl.Signals.P99_MILLIS;
import static dev.airlock.dsl.Signals.SCORE_SHIFT;
import static dev.airlock.dsl.graph.ColumnType.DATE;
import static dev.airlock.dsl.graph.ColumnType.DECIMAL;
import static dev.airlock.dsl.graph.ColumnType.INTEGER;
import static java.time.Duration.ofDays;

import dev.airlock.dsl.Approved;
import dev.airlock.dsl.Candidate;
import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Evaluation;
import dev.airlock.dsl.ModelVersion;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Source;
import dev.airlock.dsl.Split;
import dev.airlock.dsl.Sql;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.Trainer;

/**
 * {@link RepeatPurchase} as somebody would break it: a stage turns the amounts into cents, and the
 * shop goes on asking in dollars. Nothing here can tell. It learns from cents and is judged on
 * cents, so its evidence is as good as the other's; against the live version it even looks far
 * better, since that one is asked in cents too. Only traffic shows it.
 */
public final class RepeatPurchaseInCents implements PipelineSource {

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("repeat-purchase-in-cents").ownedBy("growth-ml");

    Source file =
        Source.csv(RepeatPurchase.ORDERS)
            .column("order_id", INTEGER)
            .column("customer_id", INTEGER)
            .column("ordered_on", DATE)
            .column("amount", DECIMAL);
    Stage<Dataset> orders = pipeline.ingest("orders", file);
    Stage<Dataset> valid =
        pipeline.validate(
            "orders-checked",
            orders,
            column("order_id").unique(),
            column("customer_id").notNull(),
            column("ordered_on").notNull(),
            column("amount").notNull(),
            column("amount").between(0, 10_000),
            rows().atLeast(1_000));
    // The mistake.
    Stage<Dataset> inCents =
        pipeline.transform(
            "orders-ok",
            Sql.text(
                "SELECT order_id, customer_id, ordered_on, amount * 100 AS amount"
                    + " FROM orders_checked"),
            valid);
    Stage<Dataset> features =
        pipeline
            .transform("features", Sql.resource("repeat-purchase.sql"), inCents)
            .with(RepeatPurchase.HORIZON_DAYS);

    // Train on the oldest snapshots, choose on a later one, judge on the newest; no label reaches
    // past the one that is judged on.
    Split split = Split.bySnapshot("as_of").embargo(RepeatPurchase.HORIZON_DAYS);

    // Neither reads the other's output, so both candidates train at once.
    Stage<Candidate> logistic =
        pipeline.train(
            "logistic",
            features,
            split,
            Trainer.logisticRegression().label("repeat").features(RepeatPurchase.FEATURES));
    Stage<Candidate> boosted =
        pipeline.train(
            "boosted",
            features,
            split,
            Trainer.gradientBoostedTrees()
                .label("repeat")
                .features(RepeatPurchase.FEATURES)
                .trees(20)
                .maxDepth(5));

    Stage<Evaluation> judged =
        pipeline
            .evaluate("judge", split, logistic, boosted)
            .choose(LOG_LOSS)
            .require(AUC.atLeast(0.70))
            .require(LOG_LOSS.notAboveChampionBy(0.002));

    Stage<ModelVersion> version = pipeline.register("register", judged, "repeat-purchase");
    Stage<Approved<ModelVersion>> approved =
        pipeline.approval("promote", version).by("ml-leads").quorum(1).within(ofDays(3)).orReject();

    pipeline
        .canary("go-live", approved)
        .steps(
            weight(5).hold(RepeatPurchase.FIRST_HOLD),
            weight(25).hold(RepeatPurchase.SECOND_HOLD),
            weight(100))
        .promoteWhile(
            allOf(ERROR_RATE.atMost(0.01), P99_MILLIS.atMost(20), SCORE_SHIFT.atMost(0.2)))
        .orRollBack();

    return pipeline.build();
  }
}
