package dev.airlock.workflows;

import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.Objects;

/** Brings branches together. There is nothing to do but to choose. */
final class FirstOf implements StageRunner {

  @Override
  public Promise<StageOutput> start(StageTask task) {
    return task.inputs().values().stream()
        .filter(Objects::nonNull)
        .findFirst()
        .map(Workflow::newPromise)
        .orElseGet(
            () ->
                Workflow.newFailedPromise(
                    StageFailure.of(
                        StageFailure.BAD_PIPELINE, "None of the branches has given anything.")));
  }
}
