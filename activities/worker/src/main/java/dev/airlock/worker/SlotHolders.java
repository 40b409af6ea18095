package dev.airlock.worker;

import dev.airlock.store.ForgottenRuns;
import dev.airlock.store.Store;
import dev.airlock.workflows.RunIds;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Temporal after runs that hold slots for which others wait. One that Temporal has ended or
 * forgotten without a word to PostgreSQL would hold them for ever; it is closed, and they are free.
 */
final class SlotHolders {

  private static final Logger log = LoggerFactory.getLogger(SlotHolders.class);

  private final Store store;
  private final WorkflowClient client;

  SlotHolders(Store store, WorkflowClient client) {
    this.store = store;
    this.client = client;
  }

  /** An outage of PostgreSQL or Temporal ends one look, not the looking. */
  void look() {
    try {
      store.pools().runsInTheWay().forEach(this::look);
    } catch (RuntimeException e) {
      log.warn("Holders of slots could not be looked after; trying again. {}", e.toString());
    }
  }

  private void look(long runId) {
    fate(runId)
        .ifPresent(
            fate -> {
              log.warn("Run {} held slots that others wait for. {}", runId, fate);
              ForgottenRuns.closeFailed(store, runId, fate);
            });
  }

  private Optional<String> fate(long runId) {
    try {
      WorkflowExecutionStatus status =
          client.newUntypedWorkflowStub(RunIds.workflowId(runId)).describe().getStatus();
      return switch (status) {
        case WORKFLOW_EXECUTION_STATUS_TERMINATED -> Optional.of("It was terminated in Temporal.");
        case WORKFLOW_EXECUTION_STATUS_TIMED_OUT -> Optional.of("It timed out in Temporal.");
        case WORKFLOW_EXECUTION_STATUS_FAILED -> Optional.of("Its workflow failed in Temporal.");
        default -> Optional.empty();
      };
    } catch (WorkflowNotFoundException e) {
      return Optional.of("Temporal has forgotten this run.");
    }
  }
}
