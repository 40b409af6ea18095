package sluice;

import static dev.airlock.dsl.Canary.weight;
import static dev.airlock.dsl.Conditions.allOf;
import static dev.airlock.dsl.Metrics.AUC;
import static dev.airlock.dsl.Metrics.BRIER_SKILL;
import static dev.airlock.dsl.Metrics.LOG_LOSS;
import static dev.airlock.dsl.Signals.ERROR_RATE;
import static dev.airlock.dsl.Signals.P99_MILLIS;
import static dev.airlock.dsl.Signals.PSI;

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
import dev.airlock.dsl.Source;
import dev.airlock.dsl.Split;
import dev.airlock.dsl.Sql;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.Trainer;
import dev.airlock.dsl.graph.ColumnType;
import java.net.URI;
import java.time.Duration;
import java.time.Period;

/** The shortest way to a version that takes over by a canary and is watched from then on. */
public final class Sluice implements PipelineSource {

  static final Param<URI> ROWS = Param.uri("rows").orElse("first.csv");
  static final Param<Duration> HOLD = Param.duration("hold").orElse(Duration.ofSeconds(4));

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("sluice").ownedBy("sluice-team");
    Stage<Dataset> raw =
        pipeline.ingest(
            "raw",
            Source.csv(ROWS)
                .column("as_of", ColumnType.DATE)
                .column("visits", ColumnType.INTEGER)
                .column("spend", ColumnType.DECIMAL)
                .column("bought", ColumnType.INTEGER));
    Stage<Dataset> features =
        pipeline.transform("features", Sql.text("select as_of, visits, spend, bought from raw"), raw);
    Split split = Split.bySnapshot("as_of").embargo(28);
    Stage<Candidate> plain =
        pipeline.train("plain", features, split, Trainer.logisticRegression().label("bought"));
    Stage<Evaluation> judged =
        pipeline.evaluate("judge", split, plain).choose(LOG_LOSS).require(AUC.atLeast(0.6));
    Stage<ModelVersion> version = pipeline.register("register", judged);
    Stage<Approved<ModelVersion>> approved =
        pipeline.approval("promote", version).by("approver").quorum(1).within(Duration.ofDays(1)).orReject();
    Stage<Deployment> live =
        pipeline
            .canary("go-live", approved)
            .steps(weight(30).hold(HOLD), weight(60).hold(HOLD), weight(100))
            .promoteWhile(allOf(ERROR_RATE.atMost(0.01), P99_MILLIS.atMost(10_000)))
            .orRollBack();
    pipeline
        .monitor("watch", live)
        .every(Duration.ofDays(30))
        .window(Period.ofDays(7))
        .minimum(100)
        .when(PSI.atLeast(0.3))
        .openTicket()
        .when(BRIER_SKILL.atMost(0.0))
        .lasting(2)
        .recoveringAt(0.05)
        .retrain(Cooldown.of(Duration.ofDays(30)));
    return pipeline.build();
  }
}
