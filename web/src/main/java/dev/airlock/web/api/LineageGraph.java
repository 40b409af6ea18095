package dev.airlock.web.api;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.store.DatasetRow;
import dev.airlock.store.Lineage;
import dev.airlock.store.ModelVersion;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Run;
import dev.airlock.workflows.StageOutput;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which dataset versions, runs and models a thing came from, and which it went into.
 *
 * @param focus the id of the thing
 * @param cut whether there is more, further away
 */
public record LineageGraph(String focus, List<Node> nodes, List<Edge> edges, boolean cut) {

  public LineageGraph {
    nodes = List.copyOf(nodes);
    edges = List.copyOf(edges);
  }

  /**
   * A thing.
   *
   * @param id unique in the graph
   * @param kind run, dataset or model
   * @param name of the pipeline, the dataset or the model
   * @param run that it is, or that made it
   * @param snapshotId of a dataset's version; null otherwise
   * @param version of a model; null otherwise
   * @param rows of a dataset's version; null otherwise
   * @param state of a run; of a model {@code live} or {@code registered}; else {@code published}
   */
  public record Node(
      String id,
      String kind,
      String name,
      long run,
      @Nullable Long snapshotId,
      @Nullable Integer version,
      @Nullable Long rows,
      String state,
      Instant at) {}

  /**
   * What one thing gave to another.
   *
   * @param how made, resumed, asked-for, reused, waited-for or started
   * @param stage that made it or took it; empty where none did
   */
  public record Edge(String from, String to, String how, String stage) {}

  /** The id of a run's node. */
  public static String run(long id) {
    return "run-" + id;
  }

  /** The id of the node of a dataset's version. */
  public static String dataset(String name, long snapshotId) {
    return "dataset-" + name + "-" + snapshotId;
  }

  /** The id of the node of a model's version. */
  public static String model(String name, int version) {
    return "model-" + name + "-" + version;
  }

  /** Out of the rows around a run; only what leads to the focus, and what the focus leads to. */
  public static LineageGraph of(Lineage lineage, String focus) {
    Builder builder = new Builder(lineage);
    return builder.around(focus);
  }

  /** What comes before a thing, or after it, the nearest first. */
  public List<Node> beside(boolean before) {
    Map<String, Node> byId =
        nodes.stream().collect(Collectors.toMap(Node::id, Function.identity()));
    return reach(edges, focus, before).stream()
        .filter(id -> !id.equals(focus))
        .map(byId::get)
        .filter(node -> node != null)
        .toList();
  }

  private static Set<String> reach(List<Edge> edges, String start, boolean before) {
    Map<String, List<String>> next =
        edges.stream()
            .collect(
                Collectors.groupingBy(
                    edge -> before ? edge.to() : edge.from(),
                    Collectors.mapping(
                        edge -> before ? edge.from() : edge.to(), Collectors.toList())));
    Set<String> reached = new LinkedHashSet<>(List.of(start));
    Deque<String> front = new ArrayDeque<>(reached);
    while (!front.isEmpty()) {
      for (String other : next.getOrDefault(front.remove(), List.of())) {
        if (reached.add(other)) {
          front.add(other);
        }
      }
    }
    return reached;
  }

  /** Puts the things together. */
  private static final class Builder {
    private final Lineage lineage;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Set<Edge> edges = new LinkedHashSet<>();
    private final Map<Long, Map<String, StageOutput>> given = new HashMap<>();

    Builder(Lineage lineage) {
      this.lineage = lineage;
      lineage
          .given()
          .forEach(
              one ->
                  given
                      .computeIfAbsent(one.runId(), id -> new HashMap<>())
                      .put(one.stage(), one.output()));
      lineage.runs().forEach(this::add);
      lineage.datasets().forEach(this::add);
      lineage.models().forEach(this::add);
      lineage.handedOn().forEach(this::connect);
      Map<String, PipelineVersion> versions =
          lineage.versions().stream()
              .collect(
                  Collectors.toMap(v -> v.pipeline() + " " + v.version(), Function.identity()));
      Map<Long, PipelineVersion> ofRun = new HashMap<>();
      for (Run run : lineage.runs()) {
        PipelineVersion version = versions.get(run.pipeline() + " " + run.version());
        if (version != null) {
          ofRun.put(run.id(), version);
        }
      }
      lineage.datasets().forEach(row -> connect(row, ofRun.get(row.runId())));
      lineage.models().forEach(this::connect);
    }

    private void add(Run run) {
      String id = run(run.id());
      nodes.put(
          id,
          new Node(
              id,
              "run",
              run.pipeline(),
              run.id(),
              null,
              null,
              null,
              run.state().word(),
              run.createdAt()));
    }

    private void add(DatasetRow row) {
      String id = dataset(row.dataset(), row.snapshotId());
      nodes.putIfAbsent(
          id,
          new Node(
              id,
              "dataset",
              row.dataset(),
              row.runId(),
              row.snapshotId(),
              null,
              row.rowCount(),
              "published",
              row.publishedAt()));
    }

    private void add(ModelVersion version) {
      String id = model(version.model(), version.version());
      boolean isLive = lineage.live().contains(version.model() + " v" + version.version());
      nodes.put(
          id,
          new Node(
              id,
              "model",
              version.model(),
              version.runId(),
              null,
              version.version(),
              null,
              isLive ? "live" : "registered",
              version.createdAt()));
    }

    private void connect(Lineage.HandedOn handed) {
      String dataset =
          handed.dataset() == null || handed.snapshotId() == null
              ? ""
              : dataset(handed.dataset(), handed.snapshotId());
      edges.add(
          new Edge(
              nodes.containsKey(dataset) ? dataset : run(handed.maker()),
              run(handed.taker()),
              handed.how(),
              handed.stage()));
    }

    private void connect(DatasetRow row, @Nullable PipelineVersion version) {
      String id = dataset(row.dataset(), row.snapshotId());
      Set<String> inputs =
          version == null ? Set.of() : inputs(version, row.runId(), row.stage(), id);
      inputs.forEach(input -> edges.add(new Edge(input, id, "made", row.stage())));
      if (inputs.stream().noneMatch(input -> isOf(input, row.runId()))) {
        edges.add(new Edge(run(row.runId()), id, "made", row.stage()));
      }
    }

    private void connect(ModelVersion version) {
      String id = model(version.model(), version.version());
      StageOutput.TrainedCandidate chosen = version.judgement().chosen();
      String data = dataset(chosen.trainingData().dataset(), chosen.trainingData().snapshotId());
      if (nodes.containsKey(data)) {
        edges.add(new Edge(data, id, "made", chosen.stage()));
      }
      if (!nodes.containsKey(data) || !isOf(data, version.runId())) {
        edges.add(new Edge(run(version.runId()), id, "made", version.stage()));
      }
    }

    private boolean isOf(String id, long run) {
      Node node = nodes.get(id);
      return node != null && node.run() == run;
    }

    /** The nearest datasets that the stage rests on. */
    private Set<String> inputs(PipelineVersion version, long run, String stage, String self) {
      Map<String, StageOutput> outputs = given.getOrDefault(run, Map.of());
      Set<String> found = new LinkedHashSet<>();
      Set<String> seen = new LinkedHashSet<>();
      Deque<String> front = new ArrayDeque<>(List.of(stage));
      while (!front.isEmpty()) {
        List<String> taken =
            version.graph().stage(front.remove()).map(StageSpec::inputs).orElse(List.of());
        for (String input : taken) {
          if (!seen.add(input)) {
            continue;
          }
          String dataset =
              outputs.get(input) instanceof StageOutput.DatasetVersion data
                  ? dataset(data.dataset(), data.snapshotId())
                  : "";
          if (nodes.containsKey(dataset) && !dataset.equals(self)) {
            found.add(dataset);
          } else {
            front.add(input);
          }
        }
      }
      return found;
    }

    LineageGraph around(String focus) {
      List<Edge> all = new ArrayList<>(edges);
      Set<String> kept = new LinkedHashSet<>(reach(all, focus, true));
      kept.addAll(reach(all, focus, false));
      return new LineageGraph(
          focus,
          nodes.values().stream().filter(node -> kept.contains(node.id())).toList(),
          all.stream()
              .filter(edge -> kept.contains(edge.from()) && kept.contains(edge.to()))
              .toList(),
          lineage.isCut());
    }
  }
}
