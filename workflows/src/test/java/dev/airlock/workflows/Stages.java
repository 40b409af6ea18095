package dev.airlock.workflows;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.CanarySpec;
import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Expectation;
import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.FlowSpec.Part;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Guard;
import dev.airlock.dsl.graph.LimitSpec;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.QuotaSpec;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.SplitSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.TrainerSpec;
import dev.airlock.dsl.graph.TriggerRule;
import dev.airlock.dsl.graph.Work;
import java.time.Duration;
import java.time.Period;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Graphs for tests, written by hand. */
final class Stages {

  private static final SplitSpec SPLIT = new SplitSpec("as_of", Setting.fromParam("horizon-days"));

  private Stages() {}

  static Graph graph(StageSpec... stages) {
    return new Graph("repeat-purchase", "growth-ml", null, List.of(), List.of(stages));
  }

  /** From the source to traffic, by way of two candidates and the gate. */
  static Graph wholeLife() {
    return new Graph(
        "repeat-purchase",
        "growth-ml",
        new ScheduleSpec("30 4 * * MON", "UTC"),
        List.of(
            new ParamSpec("orders", ParamType.URI, "orders.csv.gz", null, null),
            new ParamSpec("horizon-days", ParamType.INTEGER, "90", "7", "365")),
        List.of(
            ingest("orders"),
            validate("orders-ok", "orders"),
            transform("features", "orders-ok"),
            train("logistic", "features"),
            train("boosted", "features"),
            evaluate("judge", "logistic", "boosted"),
            register("register", "judge"),
            approval("promote", 1, "register"),
            deploy("go-live", "promote")));
  }

  static StageSpec ingest(String name) {
    return stage(
        name,
        new Work.Ingest(
            new SourceSpec.Csv(
                Setting.fromParam("orders"),
                List.of(
                    new ColumnSpec("customer_id", ColumnType.INTEGER),
                    new ColumnSpec("amount", ColumnType.DECIMAL)))));
  }

  static StageSpec validate(String name, String input) {
    return stage(
        name,
        new Work.Validate(
            List.of(
                new Expectation.NotNull("customer_id"),
                new Expectation.Between("amount", 0, 10_000),
                new Expectation.Unique(List.of("customer_id", "amount")),
                new Expectation.RowsAtLeast(1_000),
                new Expectation.RowsAtMost(1_000_000),
                new Expectation.HasColumns(List.of(new ColumnSpec("amount", ColumnType.DECIMAL))))),
        input);
  }

  static StageSpec transform(String name, String... inputs) {
    return stage(name, new Work.Transform("select * from orders_ok where at <= :as_of"), inputs);
  }

  static StageSpec train(String name, String input) {
    TrainerSpec trainer =
        new TrainerSpec(
            Algorithm.LOGISTIC_REGRESSION,
            "repeat",
            List.of("log_recency", "log_frequency"),
            new TreeMap<String, Double>(Map.of("maxIterations", 100.0)),
            42);
    return stage(name, new Work.Train(SPLIT, trainer), input);
  }

  static StageSpec evaluate(String name, String... candidates) {
    return stage(
        name,
        new Work.Evaluate(
            SPLIT,
            Metric.LOG_LOSS,
            List.of(Metric.AUC.atLeast(0.7), Metric.LOG_LOSS.notAboveChampionBy(0.002))),
        candidates);
  }

  static StageSpec register(String name, String... inputs) {
    return stage(name, new Work.Register("repeat-purchase"), inputs);
  }

  static StageSpec approval(String name, int quorum, String... inputs) {
    return stage(name, new Work.Approval("ml-leads", quorum, Duration.ofDays(3)), inputs);
  }

  static StageSpec deploy(String name, String input) {
    return stage(name, new Work.Deploy(Work.Strategy.BLUE_GREEN), input);
  }

  static StageSpec canary(String name, String input) {
    return stage(
        name,
        new Work.Deploy(
            Work.Strategy.CANARY,
            new CanarySpec(
                List.of(
                    new CanarySpec.Step(5, Setting.of(Duration.ofDays(7))),
                    new CanarySpec.Step(100, null)),
                List.of(FakeRollouts.ERRORS))),
        input);
  }

  static StageSpec monitor(String name, String input) {
    return stage(
        name,
        new Work.Monitor(
            Setting.of(Duration.ofHours(6)),
            Period.ofMonths(1),
            500,
            List.of(
                new RuleSpec(
                    Signal.PSI.atLeast(0.2), 1, null, RuleSpec.Consequence.OPEN_TICKET, null),
                new RuleSpec(
                    new Condition.OfMetric(
                        Metric.BRIER_SKILL, Requirement.Comparison.AT_MOST, 0.05),
                    2,
                    0.08,
                    RuleSpec.Consequence.RETRAIN,
                    Setting.of(Duration.ofDays(30))))),
        input);
  }

  static StageSpec task(String name, String... inputs) {
    return stage(name, new Work.Task("com.example.Tasks", "run", "()V", false), inputs);
  }

  static StageSpec shortTask(String name, String... inputs) {
    return stage(name, new Work.Task("com.example.Tasks", "run", "()V", true), inputs);
  }

  /** Looks after a minute, then ever more rarely, up to ten minutes. */
  static StageSpec sensor(String name, Duration within, boolean orSkip) {
    return stage(
        name,
        new Work.Sensor(
            "com.example.Tasks",
            "arrived",
            "()Ljava/util/Optional;",
            Duration.ofMinutes(1),
            1.5,
            Duration.ofMinutes(10),
            within,
            orSkip));
  }

  static StageSpec event(String name, @Nullable Duration lookBack, boolean orSkip) {
    return stage(
        name,
        new Work.AwaitEvent(
            Work.EventSource.EVENT, "prices-in", lookBack, Duration.ofHours(6), orSkip));
  }

  static StageSpec pooled(StageSpec stage, String pool, int slots) {
    return with(stage, new LimitSpec(pool, slots, null));
  }

  static StageSpec onQueue(StageSpec stage, String queue) {
    return with(stage, new LimitSpec(null, 0, null, queue));
  }

  private static StageSpec with(StageSpec stage, LimitSpec limits) {
    return new StageSpec(
        stage.name(),
        stage.work(),
        stage.inputs(),
        stage.params(),
        stage.retry(),
        stage.timeout(),
        stage.flow(),
        limits,
        null);
  }

  static StageSpec map(String name, boolean shortTask, int atOnce, QuotaSpec quota, String list) {
    Work.Task task = new Work.Task("com.example.Tasks", "run", "()V", shortTask);
    return stage(name, new Work.Map(task, false, atOnce, quota), list);
  }

  /** As {@link #map}, of a list of lists. */
  static StageSpec mapEach(String name, int atOnce, String list) {
    Work.Task task = new Work.Task("com.example.Tasks", "run", "()V", false);
    return stage(name, new Work.Map(task, true, atOnce, QuotaSpec.NONE), list);
  }

  static StageSpec with(StageSpec stage, RetrySpec retry) {
    return new StageSpec(
        stage.name(), stage.work(), stage.inputs(), stage.params(), retry, stage.timeout());
  }

  static StageSpec with(StageSpec stage, FlowSpec flow) {
    return new StageSpec(
        stage.name(),
        stage.work(),
        stage.inputs(),
        stage.params(),
        stage.retry(),
        stage.timeout(),
        flow,
        null,
        null);
  }

  /** A task behind others, from which it takes nothing. */
  static StageSpec after(TriggerRule rule, String name, String... earlier) {
    return with(task(name), new FlowSpec(List.of(earlier), rule, null, null));
  }

  static StageSpec choice(String name, String... answers) {
    return with(
        task(name),
        new FlowSpec(
            List.of(),
            null,
            null,
            null,
            null,
            List.of(),
            new FlowSpec.Choice(List.of(answers), false),
            false));
  }

  static StageSpec onlyIf(String name) {
    return with(
        task(name),
        new FlowSpec(
            List.of(),
            null,
            null,
            null,
            null,
            List.of(),
            new FlowSpec.Choice(List.of("true", "false"), true),
            false));
  }

  static StageSpec when(StageSpec stage, String choice, String... answers) {
    return with(stage, new FlowSpec(List.of(), null, new Guard(choice, List.of(answers)), null));
  }

  static StageSpec firstOf(String name, String... branches) {
    return with(
        stage(name, new Work.FirstOf(), branches),
        new FlowSpec(List.of(), TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS, null, null));
  }

  static StageSpec teardown(String name, String setup, String... after) {
    return part(task(name, setup), Part.TEARDOWN, List.of(after), setup);
  }

  static StageSpec undo(String undone) {
    return part(task("undo-" + undone, undone), Part.COMPENSATION, List.of(), undone);
  }

  /** What the failure of a stage calls, or, without one, that of the run; it is told why. */
  static StageSpec onFailure(String name, String... of) {
    StageSpec told =
        stage(
            name,
            new Work.Task("com.example.Tasks", "tell", "(Ldev/airlock/dsl/Failure;)V", false));
    return part(told, Part.ON_FAILURE, List.of(), of);
  }

  static StageSpec subPipeline(String name, String pipeline, boolean waits) {
    return stage(name, new Work.SubPipeline(pipeline, new TreeMap<>(), waits));
  }

  private static StageSpec part(StageSpec stage, Part part, List<String> after, String... of) {
    return with(
        stage,
        new FlowSpec(after, null, null, null, part, List.of(of), null, part != Part.COMPENSATION));
  }

  static StageSpec with(StageSpec stage, Duration timeout) {
    return new StageSpec(
        stage.name(), stage.work(), stage.inputs(), stage.params(), stage.retry(), timeout);
  }

  static StageSpec stage(String name, Work work, String... inputs) {
    return new StageSpec(
        name,
        work,
        List.of(inputs),
        List.of(),
        new RetrySpec(3, Duration.ofMillis(20), 2, Duration.ofMillis(100)),
        Duration.ofMinutes(30));
  }
}
