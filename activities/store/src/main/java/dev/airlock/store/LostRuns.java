package dev.airlock.store;

import dev.airlock.workflows.RunIds;
import dev.airlock.workflows.RunState;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends runs that Temporal does not go on with, so that those that wait for them get their turn: a
 * server that has lost its database, or a workflow that somebody terminated.
 */
public final class LostRuns {

  private static final Logger log = LoggerFactory.getLogger(LostRuns.class);

  private LostRuns() {}

  /**
   * Asks Temporal for each run that others wait for. Idempotent.
   *
   * @return how many it ended
   */
  public static int close(Store store, WorkflowClient client) {
    int closed = 0;
    for (long run : store.outbox().awaitedRuns()) {
      String because = because(client, run);
      // A workflow ends after its run does: whoever sees the one in between looks again.
      if (!because.isEmpty() && !store.runs().find(run).orElseThrow().state().isFinal()) {
        log.warn("Run {} has ended without a word: {}", run, because);
        ForgottenRuns.close(store, run, RunState.FAILED, because);
        closed++;
      }
    }
    return closed;
  }

  private static String because(WorkflowClient client, long run) {
    try {
      WorkflowExecutionStatus status =
          client.newUntypedWorkflowStub(RunIds.workflowId(run)).describe().getStatus();
      return switch (status) {
        case WORKFLOW_EXECUTION_STATUS_TERMINATED -> "Somebody has terminated it in Temporal.";
        case WORKFLOW_EXECUTION_STATUS_FAILED, WORKFLOW_EXECUTION_STATUS_TIMED_OUT ->
            "Its workflow in Temporal has failed.";
        default -> "";
      };
    } catch (WorkflowNotFoundException e) {
      TemporalCarrier.requireNamespace(e);
      return "Temporal has forgotten this run.";
    }
  }
}
