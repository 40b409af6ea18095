package dev.airlock.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import java.util.List;
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
            "go-live"),
        graph.stages().stream().map(StageSpec::name).toList());
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
    assertEquals(List.of("gateway", "model"), send.params());
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
