package dev.airlock.testing;

import dev.airlock.workflows.DecisionOutcome;
import dev.airlock.workflows.ModelWorkflow;
import dev.airlock.workflows.RunIds;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.TaskQueues;
import dev.airlock.workflows.WorkflowTypes;
import io.temporal.client.BatchRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A Temporal of one run: the real workflows, the fakes around them, and a clock that skips. */
final class Stagecraft implements Audience.Hands, AutoCloseable {

  /** The one run. */
  static final long RUN = 1;

  private static final long LONGEST_SECONDS = 60;

  private final Script script;
  private final Ledger ledger = new Ledger();
  private final Players players;
  private final TestWorkflowEnvironment temporal;

  Stagecraft(Instant start, Script script) {
    this.script = script;
    this.players = new Players(script);
    this.temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setInitialTime(start)
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(WorkflowTypes.dataConverter())
                        .build())
                .build());
    Worker control = worker(TaskQueues.CONTROL);
    WorkflowTypes.register(control);
    control.registerActivitiesImplementations(
        ledger,
        players,
        new Gate(script.votes(), this::sendVoters),
        new Traffic(script.refusal(), this::carry));
    worker(TaskQueues.SPARK).registerActivitiesImplementations(players);
    worker(TaskQueues.TASKS).registerActivitiesImplementations(players);
    Worker audience = worker(Audience.TASK_QUEUE);
    audience.registerWorkflowImplementationFactory(Audience.Voters.class, VotersImpl::new);
    audience.registerWorkflowImplementationFactory(Audience.Canceller.class, CancellerImpl::new);
    audience.registerActivitiesImplementations(this);
    temporal.start();
  }

  RehearsedRun perform(RunRequest request) {
    script.untilCancelled().ifPresent(this::sendCanceller);
    WorkflowStub run =
        client()
            .newUntypedWorkflowStub(
                "PipelineWorkflow", options(RunIds.workflowId(RUN), TaskQueues.CONTROL));
    run.start(request);
    awaitEnd(run);
    return ledger.told(players.attempts());
  }

  private void awaitEnd(WorkflowStub run) {
    try {
      run.getResult(LONGEST_SECONDS, TimeUnit.SECONDS, RunState.class);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "The run has not ended within %d s: %s".formatted(LONGEST_SECONDS, ledger.changes()), e);
    } catch (WorkflowFailedException e) {
      if (!(e.getCause() instanceof CanceledFailure)) {
        throw e;
      }
    }
  }

  private void sendVoters(long approvalId) {
    if (!script.votes().isEmpty()) {
      WorkflowStub voters =
          client()
              .newUntypedWorkflowStub(
                  "Voters", options("voters-" + approvalId, Audience.TASK_QUEUE));
      voters.start(approvalId, script.votes().size(), script.deciding());
    }
  }

  private void sendCanceller(Duration time) {
    client()
        .newUntypedWorkflowStub("Canceller", options("canceller", Audience.TASK_QUEUE))
        .start(time);
  }

  @Override
  public boolean castVote(long approvalId, int vote) {
    try {
      run().update("decide", DecisionOutcome.class, approvalId, vote + 1L);
      return true;
    } catch (WorkflowNotFoundException | WorkflowUpdateException ended) {
      return false;
    }
  }

  @Override
  public void cancelRun() {
    try {
      run().cancel();
    } catch (WorkflowNotFoundException ended) {
      return;
    }
  }

  private void carry(String model, long commandId) {
    ModelWorkflow workflow =
        client()
            .newWorkflowStub(
                ModelWorkflow.class, options(RunIds.modelWorkflowId(model), TaskQueues.CONTROL));
    BatchRequest batch = client().newSignalWithStartRequest();
    batch.add(workflow::run, model, List.<Long>of(), List.<Long>of());
    batch.add(workflow::submit, commandId);
    client().signalWithStart(batch);
  }

  private WorkflowStub run() {
    return client().newUntypedWorkflowStub(RunIds.workflowId(RUN));
  }

  private WorkflowClient client() {
    return temporal.getWorkflowClient();
  }

  private Worker worker(String taskQueue) {
    return temporal.newWorker(taskQueue, WorkflowTypes.workerOptions().build());
  }

  private static WorkflowOptions options(String workflowId, String taskQueue) {
    return WorkflowOptions.newBuilder().setWorkflowId(workflowId).setTaskQueue(taskQueue).build();
  }

  @Override
  public void close() {
    temporal.close();
  }
}
