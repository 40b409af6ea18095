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
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.Trainer;
import dev.airlock.dsl.graph.ColumnType;
import java.net.URI;
import java.time.Duration;

/** A small model whose version waits for approval. */
public final class ScalePipeline implements PipelineSource {

  static final Param<URI> ROWS = Param.uri("rows").orElse("rows.csv");

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("bench-approval").ownedBy("bench");
    Source csv =
        Source.csv(ROWS)
            .column("as_of", ColumnType.DATE)
            .column("visits", ColumnType.INTEGER)
            .column("spend", ColumnType.INTEGER)
            .column("bought", ColumnType.INTEGER);
    Stage<Dataset> rows = pipeline.ingest("rows", csv);
    Split split = Split.bySnapshot("as_of").embargo(28);
    Stage<Candidate> plain =
        pipeline.train("plain", rows, split, Trainer.logisticRegression().label("bought"));
    Stage<Evaluation> judged =
        pipeline.evaluate("judge", split, plain).choose(LOG_LOSS).require(AUC.atLeast(0.5));
    Stage<ModelVersion> version = pipeline.register("register", judged);
    Stage<Approved<ModelVersion>> unused =
        pipeline
            .approval("promote", version)
            .by("approver")
            .quorum(1)
            .within(Duration.ofDays(1))
            .orReject();
    return pipeline.build();
  }
}
