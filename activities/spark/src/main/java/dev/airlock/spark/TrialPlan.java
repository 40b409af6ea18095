package dev.airlock.spark;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import java.util.Optional;
import java.util.function.Function;

/**
 * One stage to be tried.
 *
 * @param id the trial's
 * @param graph the pipeline under work
 * @param task the stage and what it is given but its inputs; its run is none
 * @param sample how many rows of the largest input, at least 1
 * @param results what a stage of this name gave to the run whose results are read; empty where none
 *     has got through it
 */
public record TrialPlan(
    long id,
    Graph graph,
    StageTask task,
    int sample,
    Function<String, Optional<StageOutput>> results) {

  /** The stage that is tried. */
  StageSpec stage() {
    return task.stage();
  }

  Optional<StageOutput> given(String stage) {
    return results.apply(stage);
  }
}
