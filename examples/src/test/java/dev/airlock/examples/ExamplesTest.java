package dev.airlock.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.CanarySpec;
import dev.airlock.dsl.graph.CanarySpec.Step;
import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExamplesTest {

  @Test
  void shouldGoFromOrdersThroughTheGateToDeployment() {
    Graph graph = new RepeatPurchase().define().graph();

    assertEquals(
        List.of(
            "orders",
            "orders-ok",
            "features",
            "logistic",
            "boosted",
            "judge",
            "register",
            "promote",
            "go-live",
            "watch"),
        graph.stages().stream().map(StageSpec::name).toList());
  }

  @Test
  void shouldTakeOverStepByStepAndOnlyOutcomesOrAgeRetrain() {
    Graph graph = new RepeatPurchase().define().graph();

    CanarySpec canary = Objects.requireNonNull(((Work.Deploy) work(graph, "go-live")).canary());
    assertEquals(
        List.of(
            new Step(5, Setting.fromParam("first-hold")),
            new Step(25, Setting.fromParam("second-hold")),
            new Step(100, null)),
        canary.steps());
    assertEquals(
        List.of("error_rate", "p99_millis", "score_shift"),
        canary.promoteWhile().stream().map(Condition::figure).toList());
    Work.Monitor watch = (Work.Monitor) work(graph, "watch");
    assertEquals(
        Map.of(
            "psi", Consequence.OPEN_TICKET,
            "brier_skill", Consequence.RETRAIN,
            "age_days", Consequence.RETRAIN,
            "error_rate", Consequence.ROLL_BACK),
        watch.rules().stream()
            .collect(Collectors.toMap(rule -> rule.condition().figure(), RuleSpec::consequence)));
  }

  @Test
  void shouldDifferFromTheHonestPipelineByOneMistakeAlone() {
    Graph honest = new RepeatPurchase().define().graph();
    Graph broken = new RepeatPurchaseInCents().define().graph();

    List<String> differing =
        broken.stages().stream()
            .filter(stage -> !honest.stage(stage.name()).equals(Optional.of(stage)))
            .map(StageSpec::name)
            .toList();
    assertEquals(List.of("orders-checked", "orders-ok"), differing);
    assertEquals(work(honest, "orders-ok"), work(broken, "orders-checked"));
    String mistake = ((Work.Transform) work(broken, "orders-ok")).sql();
    assertTrue(mistake.contains("amount * 100 AS amount"), mistake);
  }

  @Test
  void shouldAskTheGatewayWithTheFeaturesThatTheSqlGives() {
    Graph graph = new RepeatPurchaseTraffic().define().graph();

    assertEquals(work(new RepeatPurchase().define().graph(), "features"), work(graph, "features"));
    String sql = ((Work.Transform) work(graph, "features")).sql();
    RepeatPurchase.FEATURES.forEach(
        feature -> assertTrue(sql.contains(" AS " + feature + ","), feature));
    StageSpec send = graph.stage("send").orElseThrow();
    assertEquals(List.of("features"), send.inputs());
    assertEquals(List.of("gateway", "model", "wave", "over"), send.params());
    assertEquals(
        1,
        new RepeatPurchaseTraffic()
            .tasks().stream().filter(TrafficTasks.class::isInstance).count());
  }

  @Test
  void shouldPredictANumberWithTheSameStages() {
    Graph graph = new CustomerSpend().define().graph();

    Work.Evaluate judge = (Work.Evaluate) work(graph, "judge");
    assertEquals(Metric.RMSE, judge.choose());
    assertEquals(List.of("linear", "trees"), graph.stage("judge").orElseThrow().inputs());
  }

  private static Work work(Graph graph, String stage) {
    return graph.stage(stage).orElseThrow().work();
  }
}
