package dev.airlock.testing;

import dev.airlock.dsl.graph.CanarySpec;
import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The stages and params of a rehearsed pipeline. What a rehearsal says of one that is not there, or
 * is of another kind, is an {@link IllegalArgumentException} that names what is there.
 */
final class Cast {

  private final Graph graph;

  Cast(Graph graph) {
    this.graph = graph;
  }

  StageSpec require(String stage) {
    return graph
        .stage(stage)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The pipeline has no stage '%s'; it has %s."
                        .formatted(stage, graph.stages().stream().map(StageSpec::name).toList())));
  }

  /**
   * Requires that a stage is of a kind.
   *
   * @param word the kind's
   */
  void require(String stage, Class<? extends Work> kind, String word) {
    Work work = require(stage).work();
    if (!kind.isInstance(work)) {
      throw new IllegalArgumentException(
          "'%s' is no stage of kind %s but %s.".formatted(stage, word, work.kind()));
    }
  }

  void requireAnswer(String stage, String answer) {
    FlowSpec flow = require(stage).flow();
    FlowSpec.Choice choice = flow == null ? null : flow.choice();
    if (choice == null) {
      throw new IllegalArgumentException("'%s' chooses nothing.".formatted(stage));
    }
    if (!choice.answers().isEmpty() && !choice.answers().contains(answer)) {
      throw new IllegalArgumentException(
          "'%s' never answers '%s'; it answers one of %s."
              .formatted(stage, answer, choice.answers()));
    }
  }

  void requireHeldStep(String stage, int weight) {
    CanarySpec canary = require(stage).work() instanceof Work.Deploy work ? work.canary() : null;
    List<Integer> held =
        canary == null
            ? List.of()
            : canary.steps().stream()
                .filter(step -> step.hold() != null)
                .map(CanarySpec.Step::weight)
                .toList();
    if (!held.contains(weight)) {
      throw new IllegalArgumentException(
          "'%s' holds no step of %d %%; it holds %s.".formatted(stage, weight, held));
    }
  }

  void requireParam(String name) {
    if (graph.params().stream().noneMatch(param -> param.name().equals(name))) {
      throw new IllegalArgumentException(
          "The pipeline has no param '%s'; it has %s."
              .formatted(name, graph.params().stream().map(ParamSpec::name).toList()));
    }
  }

  int count(Class<? extends Work> kind) {
    return (int) graph.stages().stream().filter(stage -> kind.isInstance(stage.work())).count();
  }

  /** The params that were given, and the defaults of the others. */
  SortedMap<String, String> complete(SortedMap<String, String> given) {
    SortedMap<String, String> complete = new TreeMap<>();
    for (ParamSpec param : graph.params()) {
      @Nullable String value = given.getOrDefault(param.name(), param.defaultValue());
      if (value == null) {
        throw new IllegalArgumentException(
            "The param '%s' has no default: give it by .param(\"%s\", …)."
                .formatted(param.name(), param.name()));
      }
      complete.put(param.name(), value);
    }
    return complete;
  }
}
