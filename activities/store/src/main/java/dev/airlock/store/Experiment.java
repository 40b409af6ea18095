package dev.airlock.store;

import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageState;
import java.util.List;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A run that has trained or judged models, to be held beside others.
 *
 * @param version what the run was carried out with
 * @param steps its stages that train and that judge, in the graph's order
 */
public record Experiment(Run run, PipelineVersion version, List<Step> steps) {

  public Experiment {
    steps = List.copyOf(steps);
  }

  /**
   * A stage that trains a candidate, or that chooses among candidates and judges one.
   *
   * @param kind {@code train} or {@code evaluate}
   * @param output null where it has given nothing
   */
  public record Step(
      long runId,
      String stage,
      String kind,
      StageState state,
      @Json @Nullable StageOutput output) {}
}
