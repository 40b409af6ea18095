package jury;

import static dev.airlock.dsl.Metrics.AUC;
import static dev.airlock.dsl.Metrics.LOG_LOSS;

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
import dev.airlock.dsl.graph.ColumnType;
import java.net.URI;
import java.time.Duration;

/** The shortest way to a question that takes two people. */
public final class Jury implements PipelineSource {

  static final Param<URI> ROWS = Param.uri("rows").orElse("first.csv");

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("jury").ownedBy("jury-team");
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
        pipeline.approval("verdict", version).by("approver", "admin").quorum(2).within(Duration.ofDays(1)).orReject();
    pipeline.deploy("go-live", approved).blueGreen();
    return pipeline.build();
  }
}
