package dev.airlock.dsl;

import static dev.airlock.dsl.Expectations.column;
import static dev.airlock.dsl.Expectations.rows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Graph;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A pipeline to try things on, stage by stage. */
final class Shop {

  static final Split SPLIT = Split.bySnapshot("as_of").embargo(90);

  private Shop() {}

  static PipelineBuilder pipeline() {
    return Pipeline.named("shop").ownedBy("growth-ml");
  }

  static Source file() {
    return Source.csv("orders.csv.gz")
        .column("customer_id", ColumnType.INTEGER)
        .column("ordered_on", ColumnType.DATE)
        .column("amount", ColumnType.DECIMAL);
  }

  static Stage<Dataset> valid(PipelineBuilder pipeline) {
    return pipeline.validate(
        "orders-ok",
        pipeline.ingest("orders", file()),
        column("customer_id").notNull(),
        rows().atLeast(1_000));
  }

  static Stage<Dataset> features(PipelineBuilder pipeline) {
    return pipeline.transform(
        "features",
        Sql.text("SELECT * FROM orders_ok WHERE ordered_on <= :as_of"),
        valid(pipeline));
  }

  static Trainer logistic() {
    return Trainer.logisticRegression().label("repeat");
  }

  static Stage<Candidate> candidate(PipelineBuilder pipeline) {
    return pipeline.train("logistic", features(pipeline), SPLIT, logistic());
  }

  static Stage<Evaluation> judged(PipelineBuilder pipeline) {
    return pipeline.evaluate("judge", SPLIT, candidate(pipeline)).choose(Metrics.LOG_LOSS);
  }

  static Stage<ModelVersion> version(PipelineBuilder pipeline) {
    return pipeline.register("register", judged(pipeline));
  }

  static Stage<Approved<ModelVersion>> approved(PipelineBuilder pipeline) {
    return pipeline
        .approval("promote", version(pipeline))
        .by("ml-leads")
        .within(Duration.ofDays(3))
        .orReject();
  }

  static Stage<Deployment> live(PipelineBuilder pipeline) {
    return pipeline.deploy("live", approved(pipeline)).blueGreen();
  }

  static Graph build(Consumer<PipelineBuilder> definition) {
    PipelineBuilder pipeline = pipeline();
    definition.accept(pipeline);
    return pipeline.build().graph();
  }

  /** The problems of a pipeline, of which there is at least one. */
  static List<Problem> problems(Consumer<PipelineBuilder> definition) {
    PipelineBuilder pipeline = pipeline();
    definition.accept(pipeline);
    return assertThrows(InvalidPipelineException.class, pipeline::build).problems();
  }

  /** Asserts that a pipeline has one problem, which says this. */
  static void assertProblem(
      String place, String what, String suggestion, Consumer<PipelineBuilder> definition) {
    List<Problem> problems = problems(definition);
    assertEquals(1, problems.size(), problems::toString);
    Problem problem = problems.get(0);
    assertTrue(problem.place().startsWith(place), problem.place());
    assertTrue(problem.what().contains(what), problem.what());
    assertTrue(problem.suggestion().contains(suggestion), problem.suggestion());
  }
}
