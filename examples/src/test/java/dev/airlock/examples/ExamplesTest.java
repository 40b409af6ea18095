package dev.airlock.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.PipelineSources;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExamplesTest {

  @Test
  void shouldAllBeFoundAndHaveNoProblems() throws IOException, URISyntaxException {
    Path code =
        Path.of(RepeatPurchase.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<PipelineSource> sources = PipelineSources.in(code, RepeatPurchase.class.getClassLoader());

    assertEquals(
        List.of("customer-spend", "repeat-purchase", "repeat-purchase-traffic"),
        sources.stream().map(source -> PipelineSources.define(source).graph().name()).toList());
  }

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
  }

  private static Work work(Graph graph, String stage) {
    return graph.stage(stage).orElseThrow().work();
  }
}
