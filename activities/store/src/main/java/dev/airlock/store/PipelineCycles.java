package dev.airlock.store;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Work;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Finds pipelines that would run themselves, by way of others. */
final class PipelineCycles {

  private final Graph begin;
  private final Function<String, Optional<Graph>> graphs;
  private final Set<String> seen = new HashSet<>();

  /**
   * @param begin the pipeline that is about to change
   * @param graphs the others as they are now
   */
  PipelineCycles(Graph begin, Function<String, Optional<Graph>> graphs) {
    this.begin = begin;
    this.graphs = graphs;
  }

  /** The problem, in a sentence; empty where there is none. */
  Optional<String> find() {
    return find(begin, List.of(begin.name()));
  }

  private Optional<String> find(Graph from, List<String> path) {
    return called(from).flatMap(next -> follow(next, path).stream()).findFirst();
  }

  private Optional<String> follow(String next, List<String> path) {
    List<String> longer = new ArrayList<>(path);
    longer.add(next);
    if (next.equals(begin.name())) {
      return Optional.of(
          "The pipeline '%s' would run itself: %s. Take one of these calls out."
              .formatted(begin.name(), String.join(" runs ", longer)));
    }
    return seen.add(next)
        ? graphs.apply(next).flatMap(graph -> find(graph, longer))
        : Optional.empty();
  }

  private static Stream<String> called(Graph graph) {
    return graph.stages().stream()
        .map(stage -> stage.work())
        .filter(Work.SubPipeline.class::isInstance)
        .map(work -> ((Work.SubPipeline) work).pipeline())
        .distinct();
  }
}
