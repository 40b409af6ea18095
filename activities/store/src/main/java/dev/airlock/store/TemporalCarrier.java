package dev.airlock.store;

import dev.airlock.workflows.CheckWorkflow;
import dev.airlock.workflows.DecisionOutcome;
import dev.airlock.workflows.ModelWorkflow;
import dev.airlock.workflows.PipelineWorkflow;
import dev.airlock.workflows.RolloutState;
import dev.airlock.workflows.RunIds;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.TaskQueues;
import dev.airlock.workflows.TrialWorkflow;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.api.errordetails.v1.NamespaceNotFoundFailure;
import io.temporal.client.BatchRequest;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.serviceclient.StatusUtils;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Carries facts to Temporal: a run is started, cancelled, told of a decision, of slots or of an
 * event; a model's workflow is told of a command, a rollout's of a control; a check is started. Ids
 * are the rows' own, so that Temporal knows what it has been told before.
 */
final class TemporalCarrier implements Carrier, AutoCloseable {

  /** The longest that one call may take; a decision waits so long for a worker to accept it. */
  static final Duration DEADLINE = Duration.ofSeconds(5);

  private final Store store;
  private final WorkflowClient client;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "airlock-carrier-clock");
            thread.setDaemon(true);
            return thread;
          });

  TemporalCarrier(Store store, WorkflowClient client) {
    this.store = store;
    this.client = client;
  }

  @Override
  public void carry(OutboxRow row) {
    Context.CancellableContext bounded =
        Context.current().withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS, clock);
    try {
      bounded.run(() -> carryNow(row));
    } finally {
      bounded.cancel(null);
    }
  }

  private void carryNow(OutboxRow row) {
    switch (row.kind()) {
      case START_RUN -> start(row.subject());
      case CANCEL_RUN -> cancel(row.subject());
      case DECISION -> decide(row.subject());
      case VOTE_AGAIN -> countAgain(row.subject());
      case MODEL_COMMAND -> command(row.subject());
      case ROLLOUT_CONTROL -> control(row.subject());
      case CHECK -> check(row.subject());
      case RUN_ENDED -> tellCaller(row.subject());
      case SLOTS_GRANTED -> slotsGranted(row.subject());
      case EVENT_ARRIVED -> eventArrived(row.subject());
      case TRIAL -> tryOut(row.subject());
      case CANCEL_TRIAL -> cancelTrial(row.subject());
    }
  }

  private void start(long runId) {
    RunRequest request = store.runs().startRequest(runId).orElseThrow();
    PipelineWorkflow workflow =
        client.newWorkflowStub(
            PipelineWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(RunIds.workflowId(runId))
                .setTaskQueue(TaskQueues.TASKS)
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
                .build());
    try {
      WorkflowClient.start(workflow::run, request);
    } catch (WorkflowExecutionAlreadyStarted e) {
      // Carried before; only the note of it was lost.
    }
  }

  private void tellCaller(long runId) {
    Optional<CallingStage> caller = store.runs().caller(runId);
    if (caller.isEmpty()) {
      return;
    }
    try {
      client
          .newUntypedWorkflowStub(RunIds.workflowId(caller.get().runId()))
          .signal("subRunEnded", runId);
    } catch (WorkflowNotFoundException e) {
      requireNamespace(e);
      // It did not wait for it, or is over itself.
    }
  }

  private void cancel(long runId) {
    requireStarted(runId);
    try {
      client.newUntypedWorkflowStub(RunIds.workflowId(runId)).cancel();
      // Temporal takes the wish for a workflow that was terminated, too.
      if (LostRuns.silentEnd(client, runId).isPresent()) {
        ForgottenRuns.close(store, runId, RunState.CANCELLED, "");
      }
    } catch (WorkflowNotFoundException e) {
      requireNamespace(e);
      // Over, or forgotten by a server that keeps nothing: nobody will close the run but we.
      ForgottenRuns.close(store, runId, RunState.CANCELLED, "");
    }
  }

  private void decide(long decisionId) {
    Decision decision = store.approvals().decision(decisionId).orElseThrow();
    if (decision.outcome() == Decision.Outcome.REFUSED) {
      return;
    }
    long runId = runOf(decision);
    try {
      tellRun(runId, decision, "decision-" + decisionId);
    } catch (WorkflowNotFoundException e) {
      requireNamespace(e);
      requireStarted(runId);
      refuse(decisionId, "Run " + runId + " has ended, or Temporal has forgotten it.");
      ForgottenRuns.close(store, runId, RunState.FAILED, "Temporal has forgotten this run.");
    } catch (WorkflowUpdateException e) {
      refuse(decisionId, "Run " + runId + " refused to hear of it: " + e.getMessage());
    }
  }

  /**
   * Has the run read a vote once more. Each sign-in of the voter is told once, however often it is
   * carried, and only where it can make a difference: every word makes the run's history longer.
   */
  private void countAgain(long decisionId) {
    Decision vote = store.approvals().decision(decisionId).orElseThrow();
    if (!store.jdbi().inTransaction(handle -> Gate.hasEnoughVotes(handle, vote.approvalId()))) {
      return;
    }
    long runId = runOf(vote);
    String since = store.approvals().vouchedAt(decisionId).map(Instant::toString).orElse("");
    try {
      tellRun(runId, vote, "decision-%d-again-%s".formatted(decisionId, since));
    } catch (WorkflowNotFoundException e) {
      requireNamespace(e);
      requireStarted(runId);
      ForgottenRuns.close(store, runId, RunState.FAILED, "Temporal has forgotten this run.");
    } catch (WorkflowUpdateException e) {
      // It hears of no votes any more. This one stays as it was settled.
    }
  }

  private long runOf(Decision decision) {
    return store.approvals().find(decision.approvalId()).orElseThrow().runId();
  }

  private void tellRun(long runId, Decision decision, String updateId) {
    client
        .newUntypedWorkflowStub(RunIds.workflowId(runId))
        .startUpdate(
            UpdateOptions.newBuilder(DecisionOutcome.class)
                .setUpdateName("decide")
                .setUpdateId(updateId)
                .setWaitForStage(WorkflowUpdateStage.ACCEPTED)
                .build(),
            decision.approvalId(),
            decision.id());
  }

  private void refuse(long decisionId, String reason) {
    store.jdbi().useTransaction(handle -> Gate.refuse(handle, decisionId, reason));
  }

  private void command(long commandId) {
    String model = store.models().command(commandId).orElseThrow().model();
    ModelWorkflow workflow =
        client.newWorkflowStub(
            ModelWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(RunIds.modelWorkflowId(model))
                .setTaskQueue(TaskQueues.CONTROL)
                .build());
    BatchRequest request = client.newSignalWithStartRequest();
    request.add(workflow::run, model, List.<Long>of(), List.<Long>of());
    request.add(workflow::submit, commandId);
    client.signalWithStart(request);
  }

  private void control(long controlId) {
    long rolloutId = store.rollouts().controlled(controlId).orElseThrow();
    try {
      client
          .newUntypedWorkflowStub(RunIds.rolloutWorkflowId(rolloutId))
          .signal("control", controlId);
    } catch (WorkflowNotFoundException e) {
      requireNamespace(e);
      RolloutState state = store.rollouts().find(rolloutId).orElseThrow().state();
      if (!state.isOver()) {
        throw new NotYetException("Rollout " + rolloutId + " does not listen yet.");
      }
      store
          .rolloutActivities(HaltPoint.NONE)
          .settle(
              controlId, false, "Rollout %d is over: %s.".formatted(rolloutId, Words.of(state)));
    }
  }

  private void check(long checkId) {
    CheckWorkflow workflow =
        client.newWorkflowStub(
            CheckWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(RunIds.checkWorkflowId(checkId))
                .setTaskQueue(TaskQueues.CONTROL)
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
                .build());
    try {
      WorkflowClient.start(workflow::check, checkId);
    } catch (WorkflowExecutionAlreadyStarted e) {
      // Carried before; only the note of it was lost.
    }
  }

  private void slotsGranted(long requestId) {
    long runId = store.pools().request(requestId).orElseThrow().runId();
    tell(runId, "slotsGranted", requestId);
  }

  private void eventArrived(long waitId) {
    long runId = store.events().waitOf(waitId).orElseThrow().runId();
    tell(runId, "eventArrived", waitId);
  }

  /** A run that has ended meanwhile needs not hear of it; one that is forgotten is closed here. */
  private void tell(long runId, String signal, long subject) {
    try {
      client.newUntypedWorkflowStub(RunIds.workflowId(runId)).signal(signal, subject);
    } catch (WorkflowNotFoundException e) {
      requireNamespace(e);
      requireStarted(runId);
      ForgottenRuns.close(store, runId, RunState.FAILED, "Temporal has forgotten this run.");
    }
  }

  private void tryOut(long trialId) {
    TrialWorkflow workflow =
        client.newWorkflowStub(
            TrialWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(RunIds.trialWorkflowId(trialId))
                .setTaskQueue(TaskQueues.CONTROL)
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
                .build());
    try {
      WorkflowClient.start(workflow::run, trialId);
    } catch (WorkflowExecutionAlreadyStarted e) {
      // Carried before; only the note of it was lost.
    }
  }

  private void cancelTrial(long trialId) {
    if (!store.outbox().isDelivered(OutboxKind.TRIAL, trialId)) {
      throw new NotYetException("Trial " + trialId + " has not started yet.");
    }
    try {
      client.newUntypedWorkflowStub(RunIds.trialWorkflowId(trialId)).cancel();
    } catch (WorkflowNotFoundException e) {
      requireNamespace(e);
      store.trials().end(trialId, Trial.State.CANCELLED, null);
    }
  }

  private void requireStarted(long runId) {
    if (!store.outbox().isDelivered(OutboxKind.START_RUN, runId)) {
      throw new NotYetException("Run " + runId + " has not started yet.");
    }
  }

  /** A server without the namespace knows no workflow either, but says nothing about them. */
  static void requireNamespace(WorkflowNotFoundException failure) {
    if (failure.getCause() instanceof StatusRuntimeException status
        && StatusUtils.hasFailure(status, NamespaceNotFoundFailure.class)) {
      throw failure;
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
