package drill;

import static dev.airlock.dsl.Expectations.column;
import static dev.airlock.dsl.Expectations.rows;
import static dev.airlock.dsl.Metrics.AUC;
import static dev.airlock.dsl.Metrics.LOG_LOSS;
import static dev.airlock.dsl.Signals.ERROR_RATE;

import dev.airlock.dsl.Approved;
import dev.airlock.dsl.Candidate;
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

/** Every kind of stage, on a few rows. */
public final class Drill implements PipelineSource {

  static final Param<URI> ROWS = Param.uri("rows").orElse("drill.csv");
  static final Param<Duration> EVERY = Param.duration("every").orElse(Duration.ofDays(30));

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("drill").ownedBy("drill-team");
    Source csv =
        Source.csv(ROWS)
            .column("as_of", ColumnType.DATE)
            .column("customer", ColumnType.INTEGER)
            .column("visits", ColumnType.INTEGER)
            .column("spend", ColumnType.DECIMAL)
            .column("bought", ColumnType.INTEGER);
    Stage<Dataset> raw = pipeline.ingest("raw", csv);
    Stage<Dataset> valid =
        pipeline.validate(
            "valid", raw, column("customer").notNull(), column("visits").between(0, 100), rows().atLeast(100));
    Stage<Dataset> features =
        pipeline.transform("features", Sql.text("select as_of, visits, spend, bought from valid"), valid);
    Split split = Split.bySnapshot("as_of").embargo(28);
    Stage<Candidate> plain =
        pipeline.train("plain", features, split, Trainer.logisticRegression().label("bought"));
    Stage<Candidate> boosted =
        pipeline.train("boosted", features, split, Trainer.gradientBoostedTrees().label("bought").trees(20));
    Stage<Evaluation> judged =
        pipeline.evaluate("judge", split, plain, boosted).choose(LOG_LOSS).require(AUC.atLeast(0.6));
    Stage<ModelVersion> version = pipeline.register("register", judged);
    Stage<Approved<ModelVersion>> approved =
        pipeline.approval("promote", version).by("approver").quorum(1).within(Duration.ofDays(1)).orReject();
    Stage<Deployment> live = pipeline.deploy("go-live", approved).blueGreen();
    pipeline
        .monitor("watch", live)
        .every(EVERY)
        .window(Period.ofDays(1))
        .minimum(100)
        .when(ERROR_RATE.atLeast(0.5))
        .openTicket();
    return pipeline.build();
  }
}
