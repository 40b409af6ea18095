package dev.airlock.store;

import dev.airlock.workflows.RunIds;
import dev.airlock.workflows.RunState;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends runs that Temporal does not go on with, so that they don't seem to go on for ever, and those
 * that wait for their turn or their slots get them: a workflow that was terminated, or a server
 * that has lost its database.
 */
public final class LostRuns {

  private static final Logger log = LoggerFactory.getLogger(LostRuns.class);

  /** Runs that nobody waits for are asked after in turns, so many at each look. */
  private static final int TURN = 50;

  private final Store store;
  private final WorkflowClient client;
  private long lastOfTurn;

  /** Looks after the runs in the store. */
  public LostRuns(Store store, WorkflowClient client) {
    this.store = store;
    this.client = client;
  }

  /**
   * Asks Temporal for each run that others wait for, and for some of the others. Idempotent. Only
   * of those that others wait for is it taken as their end that Temporal does not know them.
   *
   * @return how many it ended
   */
  public int look() {
    Set<Long> awaited = new LinkedHashSet<>(store.outbox().awaitedRuns());
    awaited.addAll(store.pools().runsInTheWay());
    int closed = 0;
    for (long run : awaited) {
      closed += close(run, silentEndOrLoss(run)) ? 1 : 0;
    }
    for (long run : turn()) {
      closed += close(run, silentEnd(client, run)) ? 1 : 0;
    }
    return closed;
  }

  private List<Long> turn() {
    List<Long> turn = store.outbox().carriedUnfinishedRuns(lastOfTurn, TURN);
    lastOfTurn = turn.size() < TURN ? 0 : turn.get(turn.size() - 1);
    return turn;
  }

  private boolean close(long run, Optional<String> because) {
    // A workflow ends after its run does: whoever sees the one in between looks again.
    if (because.isEmpty() || store.runs().find(run).orElseThrow().state().isFinal()) {
      return false;
    }
    log.warn("Run {} has ended without a word: {}", run, because.get());
    ForgottenRuns.close(store, run, RunState.FAILED, because.get());
    return true;
  }

  private Optional<String> silentEndOrLoss(long run) {
    try {
      return described(client, run);
    } catch (WorkflowNotFoundException e) {
      TemporalCarrier.requireNamespace(e);
      return Optional.of("Temporal has forgotten this run.");
    }
  }

  /** How its workflow ended without telling; empty where it goes on, or is not known. */
  static Optional<String> silentEnd(WorkflowClient client, long run) {
    try {
      return described(client, run);
    } catch (WorkflowNotFoundException e) {
      TemporalCarrier.requireNamespace(e);
      return Optional.empty();
    }
  }

  private static Optional<String> described(WorkflowClient client, long run) {
    WorkflowExecutionStatus status =
        client.newUntypedWorkflowStub(RunIds.workflowId(run)).describe().getStatus();
    return switch (status) {
      case WORKFLOW_EXECUTION_STATUS_TERMINATED ->
          Optional.of("It was terminated in Temporal, by hand or since a payload was too large.");
      case WORKFLOW_EXECUTION_STATUS_TIMED_OUT -> Optional.of("It timed out in Temporal.");
      case WORKFLOW_EXECUTION_STATUS_FAILED -> Optional.of("Its workflow failed in Temporal.");
      default -> Optional.empty();
    };
  }
}
