package dev.airlock.dsl;

import static dev.airlock.dsl.Expectations.rows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.Work;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a pipeline says of columns, and of columns that are not there. */
final class ColumnsTest {

  private static Source customers() {
    return Source.csv("customers.csv")
        .column("customer_id", ColumnType.INTEGER)
        .column("email", ColumnType.TEXT)
        .column("product_name", ColumnType.TEXT)
        .personal("customer_id")
        .notPersonal("product_name");
  }

  @Test
  void shouldCarryWhichColumnsArePersonalAndNothingWhereNothingIsSaid() {
    PipelineBuilder pipeline = Pipeline.named("shop").ownedBy("growth");
    pipeline.ingest("customers", customers());

    Work.Ingest ingest = (Work.Ingest) pipeline.build().graph().stages().get(0).work();

    assertEquals(
        List.of(
            new ColumnSpec("customer_id", ColumnType.INTEGER, true),
            new ColumnSpec("email", ColumnType.TEXT, null),
            new ColumnSpec("product_name", ColumnType.TEXT, false)),
        ((SourceSpec.Csv) ingest.source()).columns());
  }

  @Test
  void shouldRefuseToSpeakOfAColumnThatIsNotRead() {
    PipelineBuilder pipeline = Pipeline.named("shop").ownedBy("growth");
    pipeline.ingest("customers", customers().personal("emial"));

    Problem problem = onlyProblem(pipeline);

    assertEquals(
        "personal() and notPersonal() speak of a column 'emial', which is not read.",
        problem.what());
    assertEquals("Did you mean 'email'?", problem.suggestion());
  }

  @Test
  void shouldNameTheColumnThatATrainerProbablyMeant() {
    PipelineBuilder pipeline = Pipeline.named("shop").ownedBy("growth");
    Stage<Dataset> visits =
        pipeline.ingest(
            "visits",
            Source.csv("visits.csv")
                .column("as_of", ColumnType.DATE)
                .column("visits", ColumnType.INTEGER)
                .column("bought", ColumnType.INTEGER));
    Stage<Dataset> valid = pipeline.validate("valid", visits, rows().atLeast(1));
    pipeline.train(
        "logistic",
        valid,
        Split.bySnapshot("as_of").embargo(30),
        Trainer.logisticRegression().label("bougt").features("visits"));

    Problem problem = onlyProblem(pipeline);

    assertEquals("The dataset has no column 'bougt', the label.", problem.what());
    assertEquals("Did you mean 'bought'?", problem.suggestion());
  }

  private static Problem onlyProblem(PipelineBuilder pipeline) {
    List<Problem> problems =
        assertThrows(InvalidPipelineException.class, pipeline::build).problems();
    assertEquals(1, problems.size(), problems::toString);
    return problems.get(0);
  }
}
