package dev.airlock.workflows;

import io.temporal.activity.ActivityOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.TemporalException;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.slf4j.Logger;

/**
 * One command after another, so that no two of them ever overlap. It lives as long as its model:
 * only a termination ends it, and then the next command starts it again.
 */
final class ModelWorkflowImpl implements ModelWorkflow {

  /** After so many commands its history is long enough, and it continues as new. */
  static final int COMMANDS_OF_ONE_HISTORY = 200;

  private static final int REMEMBERED = 500;

  private static final ActivityOptions UNTIL_ACKNOWLEDGED =
      Outage.PATIENT.toBuilder()
          .setStartToCloseTimeout(Duration.ofMinutes(5))
          .setHeartbeatTimeout(StageActivities.LONGEST_SILENCE)
          .build();

  private final Logger log = Workflow.getLogger(ModelWorkflowImpl.class);
  private final RoutingActivities routing =
      Workflow.newActivityStub(RoutingActivities.class, Outage.PATIENT);
  private final RoutingActivities gateways =
      Workflow.newActivityStub(RoutingActivities.class, UNTIL_ACKNOWLEDGED);
  private final Queue<Long> pending;
  private final Set<Long> finished;
  private int carriedOut;

  ModelWorkflowImpl(List<Long> pending, List<Long> finished) {
    this.pending = new ArrayDeque<>(pending);
    this.finished = new LinkedHashSet<>(finished);
  }

  @Override
  public void run(String model, List<Long> samePending, List<Long> sameFinished) {
    Detached.run(this::carryOutCommands);
    Workflow.continueAsNew(model, List.copyOf(pending), newestFinished());
  }

  @Override
  public void submit(long commandId) {
    pending.add(commandId);
  }

  @Override
  public void rolloutEnded(long commandId) {
    throw new UnsupportedOperationException("rolloutEnded");
  }

  private void carryOutCommands() {
    while (!isHistoryLong()) {
      Workflow.await(() -> !pending.isEmpty() || isHistoryLong());
      Long command = pending.poll();
      if (command != null && finished.add(command)) {
        carryOut(command);
      }
    }
    Workflow.await(Workflow::isEveryHandlerFinished);
  }

  private void carryOut(long command) {
    carriedOut++;
    try {
      CommandOutcome outcome = routing.shift(command);
      if (outcome instanceof CommandOutcome.Live live) {
        gateways.awaitAcknowledged(live.version().model(), live.version().epoch());
      }
      Long waitingRun = routing.finish(command, outcome);
      if (waitingRun != null) {
        tell(waitingRun, command);
      }
    } catch (ActivityFailure broken) {
      log.error("Command {} could not be carried out; the next ones are.", command, broken);
    }
  }

  private void tell(long runId, long command) {
    try {
      Workflow.newExternalWorkflowStub(PipelineWorkflow.class, RunIds.workflowId(runId))
          .commandFinished(command);
    } catch (TemporalException closed) {
      log.info("Run {} has closed and needs no word of command {}.", runId, command);
    }
  }

  private boolean isHistoryLong() {
    return carriedOut >= COMMANDS_OF_ONE_HISTORY || Workflow.getInfo().isContinueAsNewSuggested();
  }

  private List<Long> newestFinished() {
    List<Long> all = new ArrayList<>(finished);
    return List.copyOf(all.subList(Math.max(0, all.size() - REMEMBERED), all.size()));
  }
}
