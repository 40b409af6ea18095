package dev.airlock.spark;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An example's stages, up to the judgement, carried out on the purchases that it brings. */
final class Cdnow {

  private static final String ORDERS = "cdnow-orders.csv.gz";
  private static final List<String> HERE =
      List.of("ingest", "validate", "transform", "train", "evaluate");

  final World world;
  final Graph graph;

  private final Map<String, StageOutput> outputs = new LinkedHashMap<>();
  private final Map<String, String> params;
  private final Instant logicalDate;
  private final long run = World.newRun();

  private Cdnow(World world, Graph graph, Instant logicalDate, String orders) {
    this.world = world;
    this.graph = graph;
    this.logicalDate = logicalDate;
    this.params = Map.of("orders", orders, "horizon-days", "90");
  }

  /**
   * Carries out the stages of these kinds.
   *
   * @param orders the file
   */
  static Cdnow run(Graph graph, String orders, List<String> kinds) {
    return new Cdnow(new World(graph), graph, World.LOGICAL_DATE, orders).carryOut(kinds);
  }

  /** A later run, where earlier runs have left their artifacts and what is live. */
  static Cdnow run(World world, Graph graph, Instant logicalDate) {
    return new Cdnow(world, graph, logicalDate, ORDERS).carryOut(HERE);
  }

  static Cdnow run(Graph graph) {
    return run(graph, ORDERS, HERE);
  }

  <T extends StageOutput> T output(String stage, Class<T> kind) {
    return kind.cast(Objects.requireNonNull(outputs.get(stage), stage));
  }

  StageSpec stage(String name) {
    return graph.stage(name).orElseThrow();
  }

  /** What the stage is given in this run. */
  StageTask task(StageSpec stage) {
    Map<String, StageOutput> inputs = new LinkedHashMap<>();
    for (String name : stage.inputs()) {
      inputs.put(name, output(name, StageOutput.class));
    }
    return world.task(run, logicalDate, stage, inputs, params);
  }

  private Cdnow carryOut(List<String> kinds) {
    graph.stages().stream()
        .filter(stage -> kinds.contains(stage.work().kind()))
        .forEach(stage -> outputs.put(stage.name(), carryOut(task(stage))));
    return this;
  }

  private StageOutput carryOut(StageTask task) {
    return switch (task.stage().work().kind()) {
      case "ingest" -> world.datasets.ingest(task);
      case "validate" -> world.datasets.validate(task);
      case "transform" -> world.datasets.transform(task);
      case "train" -> world.training.train(task);
      default -> world.training.evaluate(task);
    };
  }
}
