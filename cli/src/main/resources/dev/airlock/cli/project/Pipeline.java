package {{package}};

import static dev.airlock.dsl.Expectations.column;
import static dev.airlock.dsl.Expectations.rows;
import static dev.airlock.dsl.Metrics.AUC;
import static dev.airlock.dsl.Metrics.LOG_LOSS;
import static dev.airlock.dsl.graph.ColumnType.DATE;
import static dev.airlock.dsl.graph.ColumnType.INTEGER;

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
import java.time.Duration;
import java.util.List;

/** Will a subscriber renew? Two candidates, and a gate that a person opens. */
public final class {{type}} implements PipelineSource {

  static final Param<URI> SUBSCRIBERS = Param.uri("subscribers").orElse("{{name}}.csv");

  /** What a prediction is asked with. */
  static final List<String> FEATURES = List.of("log_logins", "tickets");

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("{{name}}").ownedBy("my-team");

    Stage<Dataset> subscribers =
        pipeline.ingest(
            "subscribers",
            Source.csv(SUBSCRIBERS)
                .column("month_end", DATE)
                .column("subscriber", INTEGER)
                .column("logins", INTEGER)
                .column("tickets", INTEGER)
                .column("renewed", INTEGER));
    Stage<Dataset> valid =
        pipeline.validate(
            "subscribers-ok",
            subscribers,
            column("subscriber").notNull(),
            column("logins").between(0, 10_000),
            column("renewed").between(0, 1),
            rows().atLeast(100));
    Stage<Dataset> features =
        pipeline.transform("features", Sql.resource("{{name}}.sql"), valid);

    // Train on the oldest month ends, choose on a later one, judge on the newest.
    Split split = Split.bySnapshot("month_end").embargo(28);
    Stage<Candidate> logistic =
        pipeline.train(
            "logistic",
            features,
            split,
            Trainer.logisticRegression().label("renewed").features(FEATURES));
    Stage<Candidate> boosted =
        pipeline.train(
            "boosted",
            features,
            split,
            Trainer.gradientBoostedTrees().label("renewed").features(FEATURES).trees(20).maxDepth(3));

    Stage<Evaluation> judged =
        pipeline
            .evaluate("judge", split, logistic, boosted)
            .choose(LOG_LOSS)
            .require(AUC.atLeast(0.60));
    Stage<ModelVersion> version = pipeline.register("register", judged);
    Stage<Approved<ModelVersion>> approved =
        pipeline
            .approval("promote", version)
            .by("ml-leads")
            .quorum(1)
            .within(Duration.ofDays(3))
            .orReject();
    pipeline.deploy("go-live", approved).blueGreen();

    return pipeline.build();
  }
}
