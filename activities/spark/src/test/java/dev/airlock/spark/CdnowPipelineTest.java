package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.examples.RepeatPurchase;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.Judgement;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The example's stages on the real purchases. */
final class CdnowPipelineTest {

  private static final Map<String, String> PARAMS =
      Map.of("orders", "cdnow-orders.csv.gz", "horizon-days", "90");

  @Test
  void shouldJudge() {
    for (int i = 0; i < 2; i++) {
      Graph graph = new RepeatPurchase().define().graph();
      World world = new World(graph);
      Map<String, StageOutput> outputs = new LinkedHashMap<>();
      long run = World.newRun();
      for (StageSpec stage : graph.stages()) {
        Map<String, StageOutput> inputs = new LinkedHashMap<>();
        stage.inputs().forEach(name -> inputs.put(name, outputs.get(name)));
        var task = world.task(run, stage, inputs, PARAMS);
        long begun = System.nanoTime();
        StageOutput output =
            switch (stage.work().kind()) {
              case "ingest" -> world.datasets.ingest(task);
              case "validate" -> world.datasets.validate(task);
              case "transform" -> world.datasets.transform(task);
              case "train" -> world.training.train(task);
              case "evaluate" -> world.training.evaluate(task);
              default -> null;
            };
        if (output == null) {
          break;
        }
        outputs.put(stage.name(), output);
        System.out.printf(
            "%s %d ms %s%n", stage.name(), (System.nanoTime() - begun) / 1_000_000, output);
      }
      Judgement judged = (Judgement) java.util.Objects.requireNonNull(outputs.get("judge"));
      System.out.println(
          new String(world.artifacts.get(judged.evidenceDigest()), StandardCharsets.UTF_8));
      assertEquals(
          69_659,
          ((DatasetVersion) java.util.Objects.requireNonNull(outputs.get("orders"))).rows());
    }
  }
}
