package dev.airlock.examples;

import static dev.airlock.dsl.Canary.weight;
import static dev.airlock.dsl.Conditions.allOf;
import static dev.airlock.dsl.Expectations.column;
import static dev.airlock.dsl.Expectations.rows;
import static dev.airlock.dsl.Metrics.AUC;
import static dev.airlock.dsl.Metrics.BRIER_SKILL;
import static dev.airlock.dsl.Metrics.LOG_LOSS;
import static dev.airlock.dsl.Signals.AGE_DAYS;
import static dev.airlock.dsl.Signals.ERROR_RATE;
import static dev.airlock.dsl.Signals.P99_MILLIS;
import static dev.airlock.dsl.Signals.PSI;
import static dev.airlock.dsl.Signals.SCORE_SHIFT;
import static dev.airlock.dsl.graph.ColumnType.DATE;
import static dev.airlock.dsl.graph.ColumnType.DECIMAL;
import static dev.airlock.dsl.graph.ColumnType.INTEGER;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;

import dev.airlock.dsl.Approved;
import dev.airlock.dsl.Candidate;
import dev.airlock.dsl.Cooldown;
import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Deployment;
import dev.airlock.dsl.Evaluation;
import dev.airlock.dsl.ModelVersion;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Schedule;
import dev.airlock.dsl.Source;
import dev.airlock.dsl.Split;
import dev.airlock.dsl.Sql;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.Trainer;
import java.net.URI;
import java.time.Duration;
import java.time.Period;
import java.util.List;

/**
 * Will a customer buy again within 90 days? Two candidates, a gate that a person opens, a canary,
 * and a retrain when outcomes or age say so.
 */
public final class RepeatPurchase implements PipelineSource {

  static final Param<URI> ORDERS = Param.uri("orders").orElse("cdnow-orders.csv.gz");
  static final Param<Integer> HORIZON_DAYS =
      Param.integer("horizon-days").between(7, 365).orElse(90);
  static final Param<Duration> FIRST_HOLD = Param.duration("first-hold").orElse(ofMinutes(30));
  static final Param<Duration> SECOND_HOLD = Param.duration("second-hold").orElse(ofHours(2));

  /** What is known of a customer, and what a prediction is asked with. */
  static final List<String> FEATURES =
      List.of(
          "log_recency",
          "log_frequency",
          "log_spend",
          "log_mean_gap",
          "log_gap_ratio",
          "log_orders_90",
          "log_spend_90");

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline =
        Pipeline.named("repeat-purchase")
            .ownedBy("growth-ml")
            .schedule(Schedule.cron("30 4 * * MON", "UTC"));

    Source file =
        Source.csv(ORDERS)
            .column("order_id", INTEGER)
            .column("customer_id", INTEGER)
            .column("ordered_on", DATE)
            .column("amount", DECIMAL);
    Stage<Dataset> orders = pipeline.ingest("orders", file);
    Stage<Dataset> valid =
        pipeline.validate(
            "orders-ok",
            orders,
            column("order_id").unique(),
            column("customer_id").notNull(),
            column("ordered_on").notNull(),
            column("amount").notNull(),
            column("amount").between(0, 10_000),
            rows().atLeast(1_000));
    Stage<Dataset> features =
        pipeline
            .transform("features", Sql.resource("repeat-purchase.sql"), valid)
            .with(HORIZON_DAYS);

    // Train on the oldest snapshots, choose on a later one, judge on the newest; no label reaches
    // past the one that is judged on.
    Split split = Split.bySnapshot("as_of").embargo(HORIZON_DAYS);

    // Neither reads the other's output, so both candidates train at once.
    Stage<Candidate> logistic =
        pipeline.train(
            "logistic",
            features,
            split,
            Trainer.logisticRegression().label("repeat").features(FEATURES));
    Stage<Candidate> boosted =
        pipeline.train(
            "boosted",
            features,
            split,
            Trainer.gradientBoostedTrees()
                .label("repeat")
                .features(FEATURES)
                .trees(20)
                .maxDepth(5));

    Stage<Evaluation> judged =
        pipeline
            .evaluate("judge", split, logistic, boosted)
            .choose(LOG_LOSS)
            .require(AUC.atLeast(0.70))
            .require(LOG_LOSS.notAboveChampionBy(0.002));

    Stage<ModelVersion> version = pipeline.register("register", judged);
    Stage<Approved<ModelVersion>> approved =
        pipeline.approval("promote", version).by("ml-leads").quorum(1).within(ofDays(3)).orReject();

    // A PSI above 0.2 commonly asks for an act; below it, one watches.
    Stage<Deployment> live =
        pipeline
            .canary("go-live", approved)
            .steps(weight(5).hold(FIRST_HOLD), weight(25).hold(SECOND_HOLD), weight(100))
            .promoteWhile(
                allOf(ERROR_RATE.atMost(0.01), P99_MILLIS.atMost(20), SCORE_SHIFT.atMost(0.2)))
            .orRollBack();

    // Drift is news, outcomes are reasons.
    pipeline
        .monitor("watch", live)
        .every(ofHours(6))
        .window(Period.ofMonths(1))
        .minimum(500)
        .when(PSI.atLeast(0.2))
        .openTicket()
        .when(BRIER_SKILL.atMost(0.05))
        .lasting(2)
        .recoveringAt(0.08)
        .retrain(Cooldown.of(ofDays(30)))
        .when(AGE_DAYS.atLeast(270))
        .retrain(Cooldown.of(ofDays(30)))
        .when(ERROR_RATE.atLeast(0.05))
        .rollBack();

    return pipeline.build();
  }
}
