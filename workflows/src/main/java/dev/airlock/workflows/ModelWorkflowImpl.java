package dev.airlock.workflows;

import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.failure.TemporalException;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * One command after another, so that no two of them ever overlap. Each waits until every gateway
 * knows what the one before has moved, but not for ever: where a gateway keeps its lease and does
 * not acknowledge, the next command may be what mends that. A rollout that a command begins goes
 * its own way meanwhile; the command is open until it ends, also where this continues as new. It
 * lives as long as its model: only a termination ends it, and then the next command starts it
 * again.
 */
final class ModelWorkflowImpl implements ModelWorkflow {

  /** After so many commands its history is long enough, and it continues as new. */
  static final int COMMANDS_OF_ONE_HISTORY = 200;

  /** How often it looks for the end of a rollout of which nobody has told it. */
  static final Duration RAREST_LOOK = Duration.ofHours(6);

  /** Longer than the lease of a gateway that was killed. */
  static final Duration PATIENCE_WITH_GATEWAYS = Duration.ofSeconds(10);

  private static final int REMEMBERED = 500;

  private final Logger log = Workflow.getLogger(ModelWorkflowImpl.class);
  private final RoutingActivities routing =
      Workflow.newActivityStub(RoutingActivities.class, Outage.PATIENT);
  private final Settlement settlement = new Settlement();
  private final Queue<Long> pending;
  private final Set<Long> finished;
  private final Map<Long, Long> rollouts = new LinkedHashMap<>();
  private final Set<Long> ended = new LinkedHashSet<>();
  private int carriedOut;

  /** What was moved last, as long as not every gateway knows. */
  private @Nullable Move newest;

  ModelWorkflowImpl(List<Long> pending, List<Long> finished) {
    this.pending = new ArrayDeque<>(pending);
    this.finished = new LinkedHashSet<>(finished);
  }

  @Override
  public void run(String model, List<Long> samePending, List<Long> sameFinished) {
    Detached.run(this::carryOutCommands);
    Workflow.continueAsNew(model, open(), newestFinished());
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
    while (!isHistoryLong()) {
      awaitWork();
      settleKnown();
      settleRollouts();
      Long command = pending.poll();
      if (command != null && finished.add(command)) {
        carryOut(command);
      }
    }
    Workflow.await(Workflow::isEveryHandlerFinished);
  }

  private void awaitWork() {
    if (rollouts.isEmpty()) {
      Workflow.await(this::hasWork);
    } else if (!Workflow.await(RAREST_LOOK, this::hasWork)) {
      ended.addAll(rollouts.keySet());
    }
  }

  private boolean hasWork() {
    return !pending.isEmpty() || !ended.isEmpty() || isHistoryLong() || isNewestKnown();
  }

  private boolean isNewestKnown() {
    return newest != null && newest.everywhere().isKnown();
  }

  private void carryOut(long command) {
    carriedOut++;
    try {
      CommandOutcome outcome = routing.shift(command);
      if (outcome instanceof CommandOutcome.Begun begun) {
        begin(command, begun.plan());
        return;
      }
      if (outcome instanceof CommandOutcome.Live live) {
        doubtRollouts();
        awaitGateways(command, live);
      } else {
        settlement.settle(command, outcome);
      }
    } catch (ActivityFailure broken) {
      log.error("Command {} could not be carried out; the next ones are.", command, broken);
    }
  }

  private void awaitGateways(long command, CommandOutcome.Live live) {
    StageOutput.LiveVersion version = live.version();
    settleSuperseded(command);
    newest = new Move(command, live, new Acknowledgement(version.model(), version.epoch()));
    int bounded = Workflow.getVersion("patience-with-gateways", Workflow.DEFAULT_VERSION, 1);
    if (bounded == Workflow.DEFAULT_VERSION) {
      Workflow.await(this::isNewestKnown);
    } else {
      Workflow.await(PATIENCE_WITH_GATEWAYS, this::isNewestKnown);
    }
    settleKnown();
  }

  private void settleKnown() {
    Move move = newest;
    if (move != null && move.everywhere().isKnown()) {
      newest = null;
      settle(move.command(), move.outcome());
    }
  }

  private void settleSuperseded(long byCommand) {
    Move move = newest;
    if (move != null) {
      newest = null;
      move.everywhere().giveUp();
      settle(move.command(), new CommandOutcome.Superseded(move.outcome().version(), byCommand));
    }
  }

  private void settle(long command, CommandOutcome outcome) {
    try {
      settlement.settle(command, outcome);
    } catch (ActivityFailure broken) {
      log.error("The end of command {} could not be written down.", command, broken);
    }
  }

  private void begin(long command, RolloutPlan plan) {
    RolloutWorkflow rollout =
        Workflow.newChildWorkflowStub(
            RolloutWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(RunIds.rolloutWorkflowId(plan.rolloutId()))
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
                .build());
    rollouts.put(command, plan.rolloutId());
    Promise<RolloutState> end = Async.function(rollout::run, plan);
    try {
      Workflow.getWorkflowExecution(rollout).get();
      end.handle((state, failure) -> ended.add(command));
    } catch (ChildWorkflowFailure known) {
      // It was begun before this continued as new, and may be over by now.
      ended.add(command);
    }
  }

  private void settleRollouts() {
    List<Long> commands = List.copyOf(ended);
    ended.clear();
    commands.forEach(this::settleRollout);
  }

  private void settleRollout(long command) {
    try {
      CommandOutcome outcome = routing.settled(command);
      if (outcome != null) {
        rollouts.remove(command);
        finished.add(command);
        settlement.settle(command, outcome);
      }
    } catch (ActivityFailure broken) {
      log.error("The end of command {} could not be written down.", command, broken);
    }
  }

  /** Whatever has moved traffic may have ended a rollout, which then need not go on. */
  private void doubtRollouts() {
    rollouts.forEach(
        (command, rollout) -> {
          ended.add(command);
          doubt(rollout);
        });
  }

  private void doubt(long rollout) {
    try {
      Workflow.newExternalWorkflowStub(RolloutWorkflow.class, RunIds.rolloutWorkflowId(rollout))
          .lookAgain();
    } catch (TemporalException closed) {
      log.info("Rollout {} has closed by itself.", rollout);
    }
  }

  private boolean isHistoryLong() {
    return carriedOut >= COMMANDS_OF_ONE_HISTORY || Workflow.getInfo().isContinueAsNewSuggested();
  }

  /** What is under way comes first: shifting it again finds it where it is. */
  private List<Long> open() {
    Set<Long> open = new LinkedHashSet<>(rollouts.keySet());
    if (newest != null) {
      open.add(newest.command());
    }
    open.addAll(ended);
    open.addAll(pending);
    return List.copyOf(open);
  }

  private List<Long> newestFinished() {
    List<Long> all = new ArrayList<>(finished);
    all.removeAll(rollouts.keySet());
    if (newest != null) {
      all.remove(newest.command());
    }
    return List.copyOf(all.subList(Math.max(0, all.size() - REMEMBERED), all.size()));
  }

  /** A command that has moved traffic, and the wait until every gateway knows. */
  private record Move(long command, CommandOutcome.Live outcome, Acknowledgement everywhere) {}
}
