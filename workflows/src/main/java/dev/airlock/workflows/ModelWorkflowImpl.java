package dev.airlock.workflows;

import io.temporal.activity.ActivityOptions;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
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

  /** Waits for gateways: as long as one minute an attempt. */
  static final ActivityOptions UNTIL_ACKNOWLEDGED =
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
  private final Queue<Long> ended = new ArrayDeque<>();
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
    ended.add(commandId);
  }

  private void carryOutCommands() {
    while (!isHistoryLong() || !ended.isEmpty()) {
      Workflow.await(() -> !pending.isEmpty() || !ended.isEmpty() || isHistoryLong());
      settleEnded();
      Long command = isHistoryLong() ? null : pending.poll();
      if (command != null && finished.add(command)) {
        carryOut(command);
      }
    }
    Workflow.await(Workflow::isEveryHandlerFinished);
  }

  private void settleEnded() {
    for (Long command = ended.poll(); command != null; command = ended.poll()) {
      carriedOut++;
      settle(command);
    }
  }

  /** Anyone can send a signal: whether the rollout is over is asked of PostgreSQL. */
  private void settle(long command) {
    CommandOutcome outcome = routing.settled(command);
    if (outcome != null) {
      finish(command, outcome);
    }
  }

  private void carryOut(long command) {
    carriedOut++;
    try {
      CommandOutcome outcome = routing.shift(command);
      if (outcome instanceof CommandOutcome.Begun begun) {
        start(begun.plan());
        return;
      }
      if (outcome instanceof CommandOutcome.Live live) {
        gateways.awaitAcknowledged(live.version().model(), live.version().epoch());
      }
      finish(command, outcome);
    } catch (ActivityFailure broken) {
      log.error("Command {} could not be carried out; the next ones are.", command, broken);
    }
  }

  /**
   * The rollout is abandoned to itself: neither the end nor the renewal of this workflow ends it.
   */
  private void start(RolloutPlan plan) {
    RolloutWorkflow rollout =
        Workflow.newChildWorkflowStub(
            RolloutWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(RunIds.rolloutWorkflowId(plan.rolloutId()))
                .setTaskQueue(TaskQueues.CONTROL)
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
                .build());
    Promise<RolloutState> end = Async.function(rollout::run, plan);
    // Its end is heard by the signal, which also reaches the runs after this one.
    end.handle((state, failure) -> state);
    try {
      Workflow.getWorkflowExecution(rollout).get();
    } catch (ChildWorkflowFailure started) {
      log.info("Rollout {} is under way already.", plan.rolloutId(), started);
    }
  }

  private void finish(long command, CommandOutcome outcome) {
    Long waitingRun = routing.finish(command, outcome);
    if (waitingRun != null) {
      Told.run(waitingRun, command);
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
