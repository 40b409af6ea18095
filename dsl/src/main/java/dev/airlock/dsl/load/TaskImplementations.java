package dev.airlock.dsl.load;

import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Problem;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether a worker will find what a pipeline's own tasks are called on. */
final class TaskImplementations {

  private TaskImplementations() {}

  static List<Problem> problems(PipelineSource source, Graph graph) {
    List<Problem> problems = new ArrayList<>();
    for (StageSpec stage : graph.stages()) {
      String place = "pipeline '%s', stage '%s'".formatted(graph.name(), stage.name());
      stage.work().ownTask().flatMap(task -> problem(source, task, place)).ifPresent(problems::add);
    }
    return problems;
  }

  private static Optional<Problem> problem(PipelineSource source, Work.Task task, String place) {
    Class<?> type;
    try {
      type = Class.forName(task.type(), false, source.getClass().getClassLoader());
    } catch (ClassNotFoundException e) {
      return Optional.of(
          new Problem(
              place,
              "The interface %s can't be loaded beside the pipeline.".formatted(task.type()),
              "Put both into one jar."));
    }
    if (!Modifier.isPublic(type.getModifiers())) {
      return Optional.of(
          new Problem(
              place,
              "The interface %s is not public, so that no worker can call it."
                  .formatted(task.type()),
              "Make it public; its implementation need not be."));
    }
    long implementations = source.tasks().stream().filter(type::isInstance).count();
    return implementations == 1
        ? Optional.empty()
        : Optional.of(
            new Problem(
                place,
                "%d objects of tasks() implement %s.".formatted(implementations, task.type()),
                "Let %s.tasks() give exactly one.".formatted(source.getClass().getSimpleName())));
  }
}
