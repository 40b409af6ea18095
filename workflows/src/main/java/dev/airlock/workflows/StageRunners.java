package dev.airlock.workflows;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Who carries out which kind of stage: an activity, unless somebody else is named. */
final class StageRunners {

  private final Map<Class<? extends Work>, StageRunner> others = new LinkedHashMap<>();

  /** The stages of this kind are carried out by this runner. */
  StageRunners with(Class<? extends Work> kind, StageRunner runner) {
    others.put(kind, runner);
    return this;
  }

  StageRunner of(StageSpec stage) {
    return Objects.requireNonNullElse(
        others.get(stage.work().getClass()), (StageRunner) StageActivities::start);
  }
}
