package dev.airlock.dsl;

import static dev.airlock.dsl.Expectations.column;
import static dev.airlock.dsl.Expectations.rows;
import static dev.airlock.dsl.Expectations.schema;
import static dev.airlock.dsl.Expectations.unique;
import static dev.airlock.dsl.Shop.assertProblem;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Expectation;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.RetrySpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvalidPipelineTest {

  @Test
  void shouldReportEveryProblemAtOnce() {
    PipelineBuilder pipeline =
        Pipeline.named("Repeat Purchase").schedule(Schedule.cron("61 * * * *", "UTC"));
    pipeline.ingest("Orders", Source.csv("orders.csv"));

    InvalidPipelineException invalid =
        assertThrows(InvalidPipelineException.class, pipeline::build);

    String message = String.valueOf(invalid.getMessage());
    assertEquals(5, invalid.problems().size(), message);
    assertTrue(message.startsWith("Pipeline 'Repeat Purchase' has 5 problems:\n  - "), message);
    for (Problem problem : invalid.problems()) {
      assertTrue(message.contains(problem.toString()));
    }
  }

  @Test
  void shouldNameTheSourceLineOfAStage() {
    List<Problem> problems = Shop.problems(pipeline -> pipeline.ingest("orders", Source.csv("a")));

    assertTrue(
        problems.get(0).place().matches("stage 'orders' \\(InvalidPipelineTest\\.java:\\d+\\)"),
        problems.get(0).place());
  }

  @ParameterizedTest
  @CsvSource({
    "Repeat Purchase, repeat-purchase",
    "repeatPurchase, repeat-purchase",
    "repeat_purchase, repeat-purchase",
    "2nd-try, nd-try",
    "-a-, a",
    "a--b, a-b",
    "'', my-pipeline",
    "Größe, gr-e"
  })
  void shouldSuggestANameWhenOneWontDo(String name, String suggestion) {
    PipelineBuilder pipeline = Pipeline.named(name).ownedBy("growth-ml");
    Shop.valid(pipeline);

    List<Problem> problems =
        assertThrows(InvalidPipelineException.class, pipeline::build).problems();

    assertEquals(1, problems.size());
    assertEquals("Call it '" + suggestion + "'.", problems.get(0).suggestion());
  }

  @Test
  void shouldRefuseAnEmptyPipelineWithoutAnOwner() {
    List<Problem> problems =
        assertThrows(InvalidPipelineException.class, Pipeline.named("empty")::build).problems();

    assertEquals(
        List.of("Nobody owns the pipeline.", "The pipeline has no stages."),
        problems.stream().map(Problem::what).toList());
  }

  @Test
  void shouldAskWhatWasMeantWhenANameIsTaken() {
    assertProblem(
        "stage 'orders'",
        "Another stage is named 'orders' too.",
        "Did you mean 'orders-2'?",
        pipeline -> {
          pipeline.ingest("orders", Shop.file());
          pipeline.ingest("orders", Shop.file());
        });
  }

  @Test
  void shouldReportChainsLeftUnfinished() {
    assertProblem(
        "stage 'promote'",
        "nobody decides",
        ".orReject()",
        pipeline -> pipeline.approval("promote", Shop.version(pipeline)).by("ml-leads"));
    assertProblem(
        "stage 'live'",
        "how traffic moves",
        ".blueGreen()",
        pipeline ->
            pipeline.deploy(
                "live",
                pipeline
                    .approval("promote", Shop.version(pipeline))
                    .by("ml-leads")
                    .within(ofDays(1))
                    .orReject()));
    assertProblem(
        "stage 'orders'",
        "names no columns",
        ".column(",
        pipeline -> pipeline.ingest("orders", Source.csv("orders.csv")));
    assertProblem(
        "stage 'judge'",
        "does not say what it chooses by",
        ".choose(LOG_LOSS)",
        pipeline -> pipeline.evaluate("judge", Shop.SPLIT, Shop.candidate(pipeline)));
    assertProblem(
        "stage 'logistic'",
        "no label",
        ".label(",
        pipeline ->
            pipeline.train(
                "logistic", Shop.features(pipeline), Shop.SPLIT, Trainer.logisticRegression()));
    assertProblem(
        "split by 'as_of'",
        "no embargo",
        ".embargo(90)",
        pipeline ->
            pipeline.train(
                "logistic", Shop.features(pipeline), Split.bySnapshot("as_of"), Shop.logistic()));
  }

  @Test
  void shouldReportASourceThatCantBeRead() {
    assertProblem(
        "stage 'orders'",
        "Column 'a' is named twice",
        "Leave one",
        pipeline ->
            pipeline.ingest(
                "orders",
                Source.csv("orders.csv")
                    .column("a", ColumnType.TEXT)
                    .column("a", ColumnType.TEXT)));
    assertProblem(
        "stage 'orders'",
        "'my orders.csv' is no URI",
        "Encode",
        pipeline ->
            pipeline.ingest("orders", Source.csv("my orders.csv").column("a", ColumnType.TEXT)));
  }

  @Test
  void shouldReportExpectationsThatCantHold() {
    assertValidate("no column 'custmer_id'", "Did you mean 'customer_id'?", "custmer_id");
    assertValidate("no column 'zzz'", "one of: customer_id, ordered_on, amount", "zzz");
    assertProblem(
        "stage 'orders-ok'",
        "'ordered_on' is DATE",
        "INTEGER or DECIMAL",
        pipeline -> validate(pipeline, column("ordered_on").between(0, 1)));
    assertProblem(
        "stage 'orders-ok'",
        "No value of 'amount' lies between 5.0 and 1.0",
        "Swap",
        pipeline -> validate(pipeline, column("amount").between(5, 1)));
    assertProblem(
        "stage 'orders-ok'",
        "at least 10 rows and at most 5",
        "Swap",
        pipeline -> validate(pipeline, rows().atLeast(10), rows().atMost(5)));
    assertProblem(
        "stage 'orders-ok'",
        "read as DECIMAL and expected as TEXT",
        "agree",
        pipeline -> validate(pipeline, schema(new ColumnSpec("amount", ColumnType.TEXT))));
    assertProblem(
        "stage 'orders-ok'", "Nothing is expected", "rows()", pipeline -> validate(pipeline));
    assertProblem(
        "stage 'orders-ok'",
        "names no columns",
        "tell rows apart",
        pipeline -> validate(pipeline, unique()));
  }

  @Test
  void shouldReportMetricsThatDontFit() {
    assertProblem(
        "stage 'judge'",
        "RMSE does not fit LOGISTIC_REGRESSION, which predicts a probability",
        "AUC, PR_AUC, LOG_LOSS",
        pipeline ->
            pipeline.evaluate("judge", Shop.SPLIT, Shop.candidate(pipeline)).choose(Metrics.RMSE));
    assertProblem(
        "stage 'judge'",
        "AUC does not fit LINEAR_REGRESSION, which predicts a number",
        "RMSE, MAE",
        pipeline ->
            pipeline
                .evaluate(
                    "judge",
                    Shop.SPLIT,
                    pipeline.train(
                        "linear",
                        Shop.features(pipeline),
                        Shop.SPLIT,
                        Trainer.linearRegression().label("spend")))
                .choose(Metrics.MAE)
                .require(Metrics.AUC.atLeast(0.7)));
  }

  @Test
  void shouldReportBoundsThatMakeNoSense() {
    assertRequirement("AUC can't be 70.0", "between 0.0 and 1.0", Metrics.AUC.atLeast(70));
    assertRequirement("AUC is better when it is higher", ".atLeast", Metrics.AUC.atMost(0.7));
    assertRequirement("better when it is lower", ".atMost", Metrics.BRIER.atLeast(0.1));
    assertRequirement("can't be NaN", "between", Metrics.BRIER_SKILL.atLeast(Double.NaN));
    assertRequirement(
        "margin to the champion is -0.1", "0 or more", Metrics.LOG_LOSS.notAboveChampionBy(-0.1));
    assertRequirement(
        "forbids to be better", "notBelowChampionBy", Metrics.AUC.notAboveChampionBy(0.1));
    assertRequirement(
        "forbids to be better", "notAboveChampionBy", Metrics.BRIER.notBelowChampionBy(0.1));
  }

  @Test
  void shouldRefuseToCompareWhatAnswersDifferentQuestions() {
    assertCandidate(
        "predict different labels: repeat and again",
        Shop.SPLIT,
        Trainer.gradientBoostedTrees().label("again"));
    assertCandidate(
        "predict different things: a probability and a number",
        Shop.SPLIT,
        Trainer.regressionTrees().label("repeat"));
    assertCandidate("another split", Split.bySnapshot("as_of").embargo(30), Shop.logistic());
    assertProblem(
        "stage 'judge'",
        "trained on different datasets: features and others",
        "same question",
        pipeline -> {
          Stage<Candidate> first = Shop.candidate(pipeline);
          Stage<Dataset> others =
              pipeline.transform("others", Sql.text("SELECT 1"), orders(pipeline, "more"));
          pipeline
              .evaluate(
                  "judge",
                  Shop.SPLIT,
                  first,
                  pipeline.train("second", others, Shop.SPLIT, Shop.logistic()))
              .choose(Metrics.AUC);
        });
    assertProblem(
        "stage 'judge'",
        "reads the stage 'logistic' twice",
        "once",
        pipeline -> {
          Stage<Candidate> candidate = Shop.candidate(pipeline);
          pipeline.evaluate("judge", Shop.SPLIT, candidate, candidate).choose(Metrics.AUC);
        });
    assertProblem(
        "stage 'judge'",
        "no candidates",
        ".train(",
        pipeline -> pipeline.evaluate("judge", Shop.SPLIT).choose(Metrics.AUC));
  }

  @Test
  void shouldReportTrainersThatWouldBeToldTheAnswer() {
    assertTrainer("among the features", ".features(", Shop.logistic().features("a", "repeat"));
    assertTrainer(
        "snapshot column 'as_of' is among", ".features(", Shop.logistic().features("as_of"));
    assertTrainer(
        "snapshot column 'as_of' is the label", "another", Shop.logistic().label("as_of"));
    assertTrainer("'a' is named twice", "Leave one out", Shop.logistic().features("a", "a"));
  }

  @Test
  void shouldReportSettingsThatAnAlgorithmDoesNotTake() {
    assertTrainer(
        "no setting maxDepth", "maxIterations, regularization", Shop.logistic().maxDepth(3));
    Trainer trees = Trainer.gradientBoostedTrees().label("repeat");
    assertTrainer("maxDepth is 31.0", "from 1 to 30", trees.maxDepth(31));
    assertTrainer("maxIterations is 0.0", "from 1 to 1000", trees.trees(0));
    assertTrainer("stepSize is 0.0", "above 0", trees.stepSize(0));
    assertTrainer("regularization is -1.0", "0 or more", Shop.logistic().regularization(-1));
  }

  @Test
  void shouldKeepTheEmbargoAtADayOrMore() {
    assertSplit("may be 0 days", "at least 1 day", Split.bySnapshot("as_of").embargo(0));
    assertSplit(
        "'horizon' may be below 1 day",
        ".atLeast(1)",
        Split.bySnapshot("as_of").embargo(Param.integer("horizon").orElse(90)));
    assertSplit(
        "may be 0 days",
        "at least 1 day",
        Split.bySnapshot("as_of").embargo(Param.integer("horizon").atLeast(0).orElse(90)));
  }

  @Test
  void shouldReportApprovalsThatNobodyCouldGive() {
    List<Problem> problems =
        Shop.problems(
            pipeline -> pipeline.approval("promote", Shop.version(pipeline)).quorum(0).orReject());
    assertEquals(
        List.of(
            "The quorum is 0, so nobody would have to approve.",
            "The approval asks nobody.",
            "The approval has no time limit."),
        problems.stream().map(Problem::what).toList());
    assertProblem(
        "stage 'promote'",
        "open for PT0S",
        ".within(ofDays(3))",
        pipeline ->
            pipeline
                .approval("promote", Shop.version(pipeline))
                .by("ml-leads")
                .within(Duration.ZERO)
                .orReject());
    assertProblem(
        "stage 'promote'",
        "no attempts",
        ".within(",
        pipeline ->
            pipeline
                .approval("promote", Shop.version(pipeline))
                .by("ml-leads")
                .within(ofDays(1))
                .orReject()
                .timeout(ofHours(1)));
  }

  @Test
  void shouldReportApprovalsWhoseWordsContradictEachOther() {
    List<Problem> problems =
        Shop.problems(
            pipeline ->
                pipeline
                    .approval("promote", Shop.version(pipeline))
                    .by("ml-leads", "ada", "ada")
                    .within(ofDays(1))
                    .remindEvery(ofDays(2))
                    .escalateTo("ml-leads", ofDays(1))
                    .orReject());
    assertEquals(
        List.of(
            "The approval asks 'ada' twice.",
            "The approval is open for PT24H and reminds every PT48H.",
            "The approval is open for PT24H and escalates after PT24H.",
            "The approval escalates to 'ml-leads', who is asked from the start."),
        problems.stream().map(Problem::what).toList());
  }

  @Test
  void shouldAskOnceAndRegisterOnce() {
    assertProblem(
        "stage 'again'",
        "The stage 'promote' asks for an approval of 'register' already.",
        ".quorum(",
        pipeline -> {
          Stage<ModelVersion> version = Shop.version(pipeline);
          pipeline.approval("promote", version).by("a").within(ofDays(1)).orReject();
          pipeline.approval("again", version).by("b").within(ofDays(1)).orReject();
        });
    assertProblem(
        "stage 'again'",
        "The stage 'register' registers the model 'shop' already.",
        "one stage",
        pipeline -> {
          Stage<Evaluation> judged = Shop.judged(pipeline);
          pipeline.register("register", judged);
          pipeline.register("again", judged);
        });
  }

  @Test
  void shouldRefuseStagesOfAnotherPipeline() {
    Stage<Dataset> foreign = Shop.valid(Shop.pipeline());

    assertProblem(
        "stage 'features'",
        "reads the stage 'orders-ok' of another pipeline",
        "of this one",
        pipeline -> pipeline.transform("features", Sql.text("SELECT 1"), foreign));
  }

  @Test
  void shouldReportTimeoutsAndRetriesThatMakeNoSense() {
    assertStage("timeout is PT0S", "between PT1S", Duration.ZERO);
    assertStage("timeout is PT-1S", "between PT1S", ofSeconds(-1));
    assertStage("timeout is PT192H", "and PT168H", ofDays(8));
    assertProblem(
        "stage 'orders'",
        "tried 0 times",
        ".retry(1)",
        pipeline -> pipeline.ingest("orders", Shop.file()).retry(0));
    assertProblem(
        "stage 'orders'",
        "start at PT0S, grow by 0.5",
        "above zero",
        pipeline ->
            pipeline
                .ingest("orders", Shop.file())
                .retry(new RetrySpec(2, Duration.ZERO, 0.5, ofSeconds(1))));
  }

  @Test
  void shouldLetOnlySqlReadParamsOfWith() {
    assertProblem(
        "stage 'orders'",
        "is an ingest",
        "away",
        pipeline -> pipeline.ingest("orders", Shop.file()).with(Param.text("a").orElse("b")));
  }

  private static void assertValidate(String what, String suggestion, String column) {
    assertProblem(
        "stage 'orders-ok'",
        what,
        suggestion,
        pipeline -> validate(pipeline, column(column).notNull()));
  }

  private static void validate(PipelineBuilder pipeline, Expectation... expectations) {
    pipeline.validate("orders-ok", pipeline.ingest("orders", Shop.file()), expectations);
  }

  private static Stage<Dataset> orders(PipelineBuilder pipeline, String stage) {
    return pipeline.ingest(stage, Shop.file());
  }

  private static void assertRequirement(String what, String suggestion, Requirement requirement) {
    assertProblem(
        "stage 'judge'",
        what,
        suggestion,
        pipeline ->
            pipeline
                .evaluate("judge", Shop.SPLIT, Shop.candidate(pipeline))
                .choose(Metrics.LOG_LOSS)
                .require(requirement));
  }

  private static void assertCandidate(String what, Split split, Trainer second) {
    assertProblem(
        "stage 'judge'",
        what,
        "",
        pipeline -> {
          Stage<Dataset> features = Shop.features(pipeline);
          pipeline
              .evaluate(
                  "judge",
                  Shop.SPLIT,
                  pipeline.train("first", features, Shop.SPLIT, Shop.logistic()),
                  pipeline.train("second", features, split, second))
              .choose(Metrics.AUC);
        });
  }

  private static void assertTrainer(String what, String suggestion, Trainer trainer) {
    assertProblem(
        "stage 'trained'",
        what,
        suggestion,
        pipeline -> pipeline.train("trained", Shop.features(pipeline), Shop.SPLIT, trainer));
  }

  private static void assertSplit(String what, String suggestion, Split split) {
    assertProblem(
        "split by 'as_of'",
        what,
        suggestion,
        pipeline -> pipeline.train("a", Shop.features(pipeline), split, Shop.logistic()));
  }

  private static void assertStage(String what, String suggestion, Duration timeout) {
    assertProblem(
        "stage 'orders'",
        what,
        suggestion,
        pipeline -> pipeline.ingest("orders", Shop.file()).timeout(timeout));
  }
}
