package dev.airlock.worker;

import dev.airlock.workflows.RunIds;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads from Temporal what a closed run has left: its workflow, and the children it had. */
final class HistoryReader {

  private static final Set<EventType> CLOSING =
      Set.of(
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW);

  private final WorkflowClient client;

  HistoryReader(WorkflowClient client) {
    this.client = client;
  }

  /** What was found of a run. Unless it is open, the histories are complete. */
  record Found(boolean isOpen, List<WorkflowExecutionHistory> histories) {
    Found {
      histories = List.copyOf(histories);
    }
  }

  /**
   * A run's histories, its own first, in the order in which its workflows began. Runs of other
   * pipelines that it started have rows of their own and are left out.
   */
  Found read(long runId) {
    List<WorkflowExecutionHistory> found = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Deque<String> toRead = new ArrayDeque<>(List.of(RunIds.workflowId(runId)));
    boolean isOpen = false;
    while (!toRead.isEmpty()) {
      String workflowId = toRead.remove();
      if (seen.add(workflowId)) {
        for (WorkflowExecutionHistory history : chain(workflowId)) {
          isOpen |= !CLOSING.contains(history.getLastEvent().getEventType());
          found.add(history);
          children(history).forEach(toRead::add);
        }
      }
    }
    return new Found(isOpen, found);
  }

  /** Every execution of a workflow that continued as new, the first one first. */
  private List<WorkflowExecutionHistory> chain(String workflowId) {
    List<WorkflowExecutionHistory> chain = new ArrayList<>();
    Optional<WorkflowExecutionHistory> next = fetch(workflowId, null);
    while (next.isPresent()) {
      chain.add(0, next.get());
      String before =
          next.get()
              .getEvents()
              .get(0)
              .getWorkflowExecutionStartedEventAttributes()
              .getContinuedExecutionRunId();
      next = before.isEmpty() ? Optional.empty() : fetch(workflowId, before);
    }
    return chain;
  }

  private Optional<WorkflowExecutionHistory> fetch(
      String workflowId, @Nullable String executionId) {
    try {
      return Optional.of(client.fetchHistory(workflowId, executionId));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static List<String> children(WorkflowExecutionHistory history) {
    return history.getEvents().stream()
        .filter(HistoryEvent::hasChildWorkflowExecutionStartedEventAttributes)
        .map(
            event -> event.getChildWorkflowExecutionStartedEventAttributes().getWorkflowExecution())
        .map(WorkflowExecution::getWorkflowId)
        .filter(id -> !RunIds.isRun(id))
        .toList();
  }
}
