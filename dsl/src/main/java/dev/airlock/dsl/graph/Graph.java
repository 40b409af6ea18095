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
 * @param starts what starts runs beside the schedule; null where nothing was said
 */
public record Graph(
    String name,
    String owner,
    @Nullable ScheduleSpec schedule,
    List<ParamSpec> params,
    List<StageSpec> stages,
    @Nullable StartSpec starts) {

  public Graph {
    params = List.copyOf(params);
    stages = List.copyOf(stages);
  }

  /** A pipeline that starts on its schedule, and when asked. */
  public Graph(
      String name,
      String owner,
      @Nullable ScheduleSpec schedule,
      List<ParamSpec> params,
      List<StageSpec> stages) {
    this(name, owner, schedule, params, stages, null);
  }

  /** The stage of this name. */
  public Optional<StageSpec> stage(String stageName) {
    return stages.stream().filter(stage -> stage.name().equals(stageName)).findFirst();
  }
}
