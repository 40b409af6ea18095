package dev.airlock.dsl.graph;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole pipeline. Stages are in an order in which each comes after those it reads.
 *
 * @param name lower-case words joined by hyphens, unique among pipelines
 * @param owner the team that answers for it
 * @param schedule when it starts by itself, or null
 * @param params what a run may be given, in the order of their first use
 * @param stages at least one
 */
public record Graph(
    String name,
    String owner,
    @Nullable ScheduleSpec schedule,
    List<ParamSpec> params,
    List<StageSpec> stages) {

  public Graph {
    params = List.copyOf(params);
    stages = List.copyOf(stages);
  }

  /** The stage of this name. */
  public Optional<StageSpec> stage(String stageName) {
    return stages.stream().filter(stage -> stage.name().equals(stageName)).findFirst();
  }
}
