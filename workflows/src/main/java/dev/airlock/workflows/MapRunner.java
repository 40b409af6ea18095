package dev.airlock.workflows;

import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowCancellationType;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;

/**
 * Has a child work through a map. A run does not continue as new while one is under way: a child's
 * result reaches only the very execution that began it.
 */
final class MapRunner implements StageRunner {

  @Override
  public Promise<? extends StageOutput> start(StageTask task) {
    MapWorkflow child =
        Workflow.newChildWorkflowStub(
            MapWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(RunIds.mapWorkflowId(task.runId(), task.stage().name()))
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL)
                .setCancellationType(ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED)
                .build());
    return Async.function(child::run, MapRequest.first(task));
  }
}
