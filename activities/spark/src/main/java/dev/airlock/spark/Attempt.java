package dev.airlock.spark;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.RunIds;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageTask;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One attempt at a stage.
 *
 * @param number from 1
 */
record Attempt(StageTask task, int number) {

  long runId() {
    return task.runId();
  }

  String stage() {
    return task.stage().name();
  }

  /** The dataset that the stage makes: {@code repeat-purchase.orders}. */
  String dataset() {
    return task.pipeline() + "." + stage();
  }

  /** The name of its Spark jobs: {@code run-41/features/1}. */
  String group() {
    return RunIds.workflowId(runId()) + "/" + stage() + "/" + number;
  }

  /** The branch that it writes to: {@code run_41_features_a1}. */
  String branch() {
    return branches() + number;
  }

  /** Whether the branch is that of any attempt at this stage of this run. */
  boolean isOwnBranch(String branch) {
    return branch.matches(branches() + "\\d+");
  }

  private String branches() {
    return "run_%d_%s_a".formatted(runId(), TableName.underscored(stage()));
  }

  /** The tag that the run leaves on what it publishes: {@code run_41}. */
  String tag() {
    return "run_" + runId();
  }

  /**
   * What the stage is to do.
   *
   * @throws io.temporal.failure.ApplicationFailure bad pipeline, where it is something else
   */
  <W extends Work> W work(Class<W> kind) {
    if (!kind.isInstance(task.stage().work())) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s: expected a stage of the kind %s, found %s."
              .formatted(stage(), kind.getSimpleName(), task.stage().work().kind()));
    }
    return kind.cast(task.stage().work());
  }

  /**
   * The stage's inputs by the stages that gave them, in the order of its arguments.
   *
   * @throws io.temporal.failure.ApplicationFailure bad pipeline, where one is of another kind
   */
  <T extends StageOutput> Map<String, T> inputs(Class<T> kind) {
    Map<String, T> inputs = new LinkedHashMap<>();
    task.inputs()
        .forEach(
            (name, output) -> {
              if (!kind.isInstance(output)) {
                throw StageFailure.of(
                    StageFailure.BAD_PIPELINE,
                    "%s: expected the stage %s to give a %s."
                        .formatted(stage(), name, kind.getSimpleName()));
              }
              inputs.put(name, kind.cast(output));
            });
    return inputs;
  }

  /** The one dataset that the stage takes. */
  DatasetVersion onlyInput() {
    Collection<DatasetVersion> inputs = inputs(DatasetVersion.class).values();
    if (inputs.size() != 1) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s: expected one dataset, found %d.".formatted(stage(), inputs.size()));
    }
    return inputs.iterator().next();
  }
}
