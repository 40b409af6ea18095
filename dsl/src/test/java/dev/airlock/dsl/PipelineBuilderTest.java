package dev.airlock.dsl;

import static dev.airlock.dsl.Canary.weight;
import static dev.airlock.dsl.Conditions.allOf;
import static dev.airlock.dsl.Signals.ERROR_RATE;
import static dev.airlock.dsl.Signals.PSI;
import static dev.airlock.dsl.Signals.SCORE_SHIFT;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.CanarySpec;
import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Expectation;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.SplitSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.TrainerSpec;
import dev.airlock.dsl.graph.Work;
import java.net.URI;
import java.time.Duration;
import java.time.Period;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PipelineBuilderTest {

  private static final Param<URI> ORDERS = Param.uri("orders").orElse("orders.csv.gz");
  private static final Param<Integer> HORIZON =
      Param.integer("horizon-days").between(7, 365).orElse(90);

  @Test
  void shouldGiveTheWholeGraphWhenAPipelineIsBuilt() {
    Graph graph = wholePipeline().build().graph();

    assertEquals("shop", graph.name());
    assertEquals("growth-ml", graph.owner());
    assertEquals(new ScheduleSpec("30 4 * * MON", "UTC"), graph.schedule());
    assertEquals(
        List.of(
            new ParamSpec("orders", ParamType.URI, "orders.csv.gz", null, null),
            new ParamSpec("horizon-days", ParamType.INTEGER, "90", "7", "365")),
        graph.params());
    assertEquals(
        List.of(
            "orders", "orders-ok", "features", "logistic", "judge", "register", "promote", "live"),
        graph.stages().stream().map(StageSpec::name).toList());
  }

  @Test
  void shouldDescribeTheDataWhenAPipelineIsBuilt() {
    Graph graph = wholePipeline().build().graph();

    assertEquals(
        new StageSpec(
            "orders",
            new Work.Ingest(
                new SourceSpec.Csv(
                    Setting.fromParam("orders"),
                    List.of(new ColumnSpec("amount", ColumnType.DECIMAL)))),
            List.of(),
            List.of("orders"),
            RetrySpec.STANDARD,
            ofHours(1)),
        stage(graph, "orders"));
    assertEquals(
        new Work.Validate(List.of(new Expectation.Between("amount", 0, 10_000))),
        stage(graph, "orders-ok").work());
    StageSpec features = stage(graph, "features");
    assertEquals(new Work.Transform("SELECT :horizon_days FROM orders_ok"), features.work());
    assertEquals(List.of("orders-ok"), features.inputs());
    assertEquals(List.of("horizon-days"), features.params());
    assertEquals(ofMinutes(20), features.timeout());
    assertEquals(5, features.retry().maximumAttempts());
  }

  @Test
  void shouldDescribeTheModelWhenAPipelineIsBuilt() {
    Graph graph = wholePipeline().build().graph();
    SplitSpec split = new SplitSpec("as_of", Setting.fromParam("horizon-days"));

    StageSpec logistic = stage(graph, "logistic");
    assertEquals(
        new Work.Train(
            split,
            new TrainerSpec(
                Algorithm.LOGISTIC_REGRESSION,
                "repeat",
                List.of("recency"),
                new TreeMap<>(Map.of("maxIterations", 100.0, "regularization", 0.01)),
                7)),
        logistic.work());
    assertEquals(List.of("horizon-days"), logistic.params());
    assertEquals(
        new Work.Evaluate(
            split,
            Metric.LOG_LOSS,
            List.of(
                new Requirement(Metric.AUC, Comparison.AT_LEAST, 0.7),
                new Requirement(Metric.LOG_LOSS, Comparison.NOT_ABOVE_CHAMPION_BY, 0.002))),
        stage(graph, "judge").work());
    assertEquals(new Work.Register("shop"), stage(graph, "register").work());
    assertEquals(new Work.Approval("ml-leads", 2, ofDays(3)), stage(graph, "promote").work());
    assertEquals(ofDays(3), stage(graph, "promote").timeout());
    assertEquals(new Work.Deploy(Work.Strategy.BLUE_GREEN), stage(graph, "live").work());
    assertEquals(List.of("promote"), stage(graph, "live").inputs());
  }

  @Test
  void shouldGiveTheSameGraphWhenBuiltTwice() {
    assertEquals(wholePipeline().build().graph(), wholePipeline().build().graph());
  }

  @Test
  void shouldStartOnlyWhenAskedWhenThereIsNoSchedule() {
    assertNull(Shop.build(Shop::valid).schedule());
  }

  @Test
  void shouldNameTheModelWhenAsked() {
    Graph graph =
        Shop.build(
            pipeline -> pipeline.register("register", Shop.judged(pipeline), "repeat-purchase"));

    assertEquals(new Work.Register("repeat-purchase"), stage(graph, "register").work());
  }

  @Test
  void shouldTakeShortTasksWithArgumentsOfBothKinds() {
    Param<Double> floor = Param.decimal("floor").orElse(0.5);
    Graph graph =
        Shop.build(
            pipeline ->
                pipeline
                    .task("count", ShopTasks::countAbove, Shop.valid(pipeline), floor)
                    .shortTask());

    StageSpec count = stage(graph, "count");
    assertEquals(
        new Work.Task(
            "dev.airlock.dsl.ShopTasks", "countAbove", "(Ldev/airlock/dsl/Dataset;D)J", true),
        count.work());
    assertEquals(List.of("orders-ok"), count.inputs());
    assertEquals(List.of("floor"), count.params());
    assertEquals(ofSeconds(2), count.timeout());
  }

  @Test
  void shouldTakeTasksOfEachArity() {
    Graph graph =
        Shop.build(
            pipeline -> {
              Stage<String> none = pipeline.task("none", ShopTasks::none);
              Stage<String> one = pipeline.task("one", ShopTasks::one, none);
              Stage<String> two = pipeline.task("two", ShopTasks::two, none, one);
              pipeline.task("three", ShopTasks::three, none, one, two);
              pipeline.task("four", ShopTasks::four, none, one, two, Param.text("greeting"));
            });

    assertEquals(
        List.of("none", "one", "two", "three", "four"),
        graph.stages().stream().map(s -> ((Work.Task) s.work()).method()).toList());
    assertEquals(List.of("none", "one", "two"), stage(graph, "four").inputs());
    assertEquals(List.of("greeting"), stage(graph, "four").params());
    assertTrue(graph.stages().stream().noneMatch(s -> ((Work.Task) s.work()).shortTask()));
  }

  @Test
  void shouldDescribeACanaryWhoseHoldsAreParams() {
    Param<Duration> hold = Param.duration("first-hold").orElse(ofDays(14));
    Graph graph =
        Shop.build(
            pipeline ->
                pipeline
                    .canary("live", Shop.approved(pipeline))
                    .steps(weight(5).hold(hold), weight(25).hold(ofHours(2)), weight(100))
                    .promoteWhile(allOf(ERROR_RATE.atMost(0.01), SCORE_SHIFT.atMost(0.1)))
                    .orRollBack());

    StageSpec live = stage(graph, "live");
    assertEquals(
        new Work.Deploy(
            Work.Strategy.CANARY,
            new CanarySpec(
                List.of(
                    new CanarySpec.Step(5, Setting.fromParam("first-hold")),
                    new CanarySpec.Step(25, Setting.of(ofHours(2))),
                    new CanarySpec.Step(100, null)),
                List.of(
                    new Condition.OfSignal(Signal.ERROR_RATE, Comparison.AT_MOST, 0.01),
                    new Condition.OfSignal(Signal.SCORE_SHIFT, Comparison.AT_MOST, 0.1)))),
        live.work());
    assertEquals(List.of("first-hold"), live.params());
    assertEquals(
        List.of(new ParamSpec("first-hold", ParamType.DURATION, "PT336H", null, null)),
        graph.params());
    assertEquals(ofDays(14).plusHours(2).plusMinutes(10), live.timeout());
  }

  @Test
  void shouldDescribeAMonitorAndItsRules() {
    Param<Duration> pause = Param.duration("pause").orElse(ofDays(30));
    Graph graph =
        Shop.build(
            pipeline ->
                pipeline
                    .monitor("watch", Shop.live(pipeline))
                    .every(ofHours(6))
                    .window(Period.ofDays(7))
                    .minimum(200)
                    .when(PSI.atLeast(0.2))
                    .openTicket()
                    .when(Metrics.BRIER_SKILL.atMost(0.05))
                    .lasting(2)
                    .recoveringAt(0.08)
                    .retrain(Cooldown.of(pause))
                    .when(ERROR_RATE.atLeast(0.05))
                    .rollBack());

    StageSpec watch = stage(graph, "watch");
    assertEquals(
        new Work.Monitor(
            Setting.of(ofHours(6)),
            Period.ofDays(7),
            200,
            List.of(
                new RuleSpec(
                    new Condition.OfSignal(Signal.PSI, Comparison.AT_LEAST, 0.2),
                    1,
                    null,
                    RuleSpec.Consequence.OPEN_TICKET,
                    null),
                new RuleSpec(
                    new Condition.OfMetric(Metric.BRIER_SKILL, Comparison.AT_MOST, 0.05),
                    2,
                    0.08,
                    RuleSpec.Consequence.RETRAIN,
                    Setting.fromParam("pause")),
                new RuleSpec(
                    new Condition.OfSignal(Signal.ERROR_RATE, Comparison.AT_LEAST, 0.05),
                    1,
                    null,
                    RuleSpec.Consequence.ROLL_BACK,
                    null))),
        watch.work());
    assertEquals(List.of("live"), watch.inputs());
    assertEquals(List.of("pause"), watch.params());
  }

  @Test
  void shouldLookAtMonthsOfFiveHundredPredictionsWhenAMonitorSaysNothingElse() {
    Graph graph =
        Shop.build(pipeline -> pipeline.monitor("watch", Shop.live(pipeline)).every(ofHours(6)));

    assertEquals(
        new Work.Monitor(Setting.of(ofHours(6)), Period.ofMonths(1), 500, List.of()),
        stage(graph, "watch").work());
  }

  private static PipelineBuilder wholePipeline() {
    PipelineBuilder pipeline = Shop.pipeline().schedule(Schedule.cron("30 4 * * MON", "UTC"));
    Stage<Dataset> orders =
        pipeline.ingest("orders", Source.csv(ORDERS).column("amount", ColumnType.DECIMAL));
    Stage<Dataset> valid =
        pipeline.validate("orders-ok", orders, Expectations.column("amount").between(0, 10_000));
    Stage<Dataset> features =
        pipeline
            .transform("features", Sql.text("SELECT :horizon_days FROM orders_ok"), valid)
            .with(HORIZON)
            .retry(5)
            .timeout(ofMinutes(20));
    Split split = Split.bySnapshot("as_of").embargo(HORIZON);
    Stage<Candidate> logistic =
        pipeline.train(
            "logistic",
            features,
            split,
            Trainer.logisticRegression()
                .label("repeat")
                .features("recency")
                .regularization(0.01)
                .seed(7));
    Stage<Evaluation> judged =
        pipeline
            .evaluate("judge", split, logistic)
            .choose(Metrics.LOG_LOSS)
            .require(Metrics.AUC.atLeast(0.70))
            .require(Metrics.LOG_LOSS.notAboveChampionBy(0.002));
    Stage<ModelVersion> version = pipeline.register("register", judged);
    Stage<Approved<ModelVersion>> approved =
        pipeline.approval("promote", version).by("ml-leads").quorum(2).within(ofDays(3)).orReject();
    pipeline.deploy("live", approved).blueGreen();
    return pipeline;
  }

  @Test
  void shouldKeepWhoIsAskedLaterAndWhatMayVote() {
    PipelineBuilder pipeline = Pipeline.named("shop").ownedBy("ml");
    pipeline
        .approval("promote", Shop.version(pipeline))
        .by("ml-leads", "ada")
        .quorum(2)
        .within(ofDays(3))
        .remindEvery(ofHours(8))
        .escalateTo("heads", ofDays(1))
        .orPolicy()
        .orReject();

    Work.Approval approval = (Work.Approval) stage(pipeline.build().graph(), "promote").work();

    assertEquals(
        new Work.Approval(
            "ml-leads",
            List.of("ada"),
            2,
            ofDays(3),
            ofHours(8),
            new Work.Escalation(ofDays(1), "heads"),
            true),
        approval);
    assertEquals(List.of("ml-leads", "ada"), approval.askedOf());
    assertEquals(
        new Work.Approval("ml-leads", 2, ofDays(3)),
        new Work.Approval("ml-leads", List.of(), 2, ofDays(3), null, null, false));
  }

  private static StageSpec stage(Graph graph, String name) {
    return graph.stage(name).orElseThrow();
  }
}
