package dev.airlock.store;

import dev.airlock.workflows.CheckWorkflow;
import dev.airlock.workflows.DecisionOutcome;
import dev.airlock.workflows.ModelWorkflow;
import dev.airlock.workflows.PipelineWorkflow;
import dev.airlock.workflows.RolloutPlan;
import dev.airlock.workflows.RolloutState;
import dev.airlock.workflows.RolloutWorkflow;
import dev.airlock.workflows.RunIds;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.TaskQueues;
import dev.airlock.workflows.WorkflowTypes;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An outbox that is carried to Temporal's in-memory server, whose workflows only note what they
 * hear. No worker is up before {@link #startWorkers}.
 */
final class NotedTemporal implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Queue<RunRequest> STARTED = new ConcurrentLinkedQueue<>();
  private static final Queue<Long> DECISIONS = new ConcurrentLinkedQueue<>();
  private static final Queue<Long> CANCELLED = new ConcurrentLinkedQueue<>();
  private static final Queue<String> HEARD = new ConcurrentLinkedQueue<>();

  private final TestDatabase database;
  private final TestWorkflowEnvironment temporal;
  private OutboxDispatcher dispatcher;

  private NotedTemporal(TestDatabase database) {
    this.database = database;
    List.of(STARTED, DECISIONS, CANCELLED, HEARD).forEach(Queue::clear);
    temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setUseTimeskipping(false)
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(WorkflowTypes.dataConverter())
                        .build())
                .build());
    Worker worker = temporal.newWorker(TaskQueues.CONTROL);
    worker.registerWorkflowImplementationTypes(
        NotingModel.class, NotingRollout.class, NotingCheck.class);
    temporal.newWorker(TaskQueues.TASKS).registerWorkflowImplementationTypes(NotingRun.class);
    dispatcher = OutboxDispatcher.start(database.store(), client());
  }

  static NotedTemporal of(TestDatabase database) {
    return new NotedTemporal(database);
  }

  WorkflowClient client() {
    return temporal.getWorkflowClient();
  }

  void startWorkers() {
    temporal.start();
  }

  /** Nothing is carried from now on. */
  void stopCarrying() {
    dispatcher.close();
  }

  void goOnCarrying() {
    dispatcher = OutboxDispatcher.start(database.store(), client());
  }

  /** Carries all of it once more, as after a crash in between. */
  void carryAgain() {
    database
        .owner()
        .useHandle(
            handle -> handle.execute("update outbox set delivered_at = null, due_at = now()"));
    awaitAllCarried();
  }

  void awaitAllCarried() {
    Deadline.within(PATIENCE, () -> database.store().outbox().waiting() == 0);
  }

  void awaitCarried(OutboxKind kind, long subject) {
    Deadline.within(PATIENCE, () -> database.store().outbox().isDelivered(kind, subject));
  }

  void terminate(long run) {
    client().newUntypedWorkflowStub(RunIds.workflowId(run)).terminate("by hand");
  }

  void awaitHeard(String words) {
    Deadline.within(PATIENCE, () -> HEARD.contains(words));
  }

  long timesHeard(String words) {
    return HEARD.stream().filter(words::equals).count();
  }

  void awaitDecision(long decision) {
    Deadline.within(PATIENCE, () -> DECISIONS.contains(decision));
  }

  /** Every decision that a run has heard of, as often as it has. */
  List<Long> decisions() {
    return List.copyOf(DECISIONS);
  }

  void awaitStarted(long run) {
    Deadline.within(PATIENCE, () -> !startsOf(run).isEmpty());
  }

  /** What a run was started with, each time that it was. */
  List<RunRequest> startsOf(long run) {
    return STARTED.stream().filter(request -> request.runId() == run).toList();
  }

  void awaitCancelled(long run) {
    Deadline.within(PATIENCE, () -> CANCELLED.contains(run));
  }

  @Override
  public void close() {
    dispatcher.close();
    temporal.close();
  }

  /** Hears decisions until it is cancelled. */
  public static final class NotingRun implements PipelineWorkflow {
    @Override
    public RunState run(RunRequest request) {
      STARTED.add(request);
      try {
        Workflow.await(() -> false);
        return RunState.SUCCEEDED;
      } catch (CanceledFailure e) {
        CANCELLED.add(request.runId());
        return RunState.CANCELLED;
      }
    }

    @Override
    public DecisionOutcome decide(long approvalId, long decisionId) {
      DECISIONS.add(decisionId);
      return new DecisionOutcome.Refused("Only noted");
    }

    @Override
    public void validateDecide(long approvalId, long decisionId) {
      // Takes everything.
    }

    @Override
    public void commandFinished(long commandId) {
      HEARD.add("finished " + commandId);
    }

    @Override
    public void subRunEnded(long runId) {
      HEARD.add("sub-run ended " + runId);
    }

    @Override
    public void slotsGranted(long requestId) {
      HEARD.add("slots " + requestId);
    }

    @Override
    public void eventArrived(long waitId) {
      HEARD.add("event " + waitId);
    }
  }

  /** Hears commands. */
  public static final class NotingModel implements ModelWorkflow {
    @Override
    public void run(String model, List<Long> pending, List<Long> finished) {
      Workflow.await(() -> false);
    }

    @Override
    public void submit(long commandId) {
      HEARD.add(Workflow.getInfo().getWorkflowId() + " " + commandId);
    }

    @Override
    public void rolloutEnded(long commandId) {
      HEARD.add("ended " + commandId);
    }
  }

  /** Hears controls for as long as its test lasts. */
  public static final class NotingRollout implements RolloutWorkflow {
    @Override
    public RolloutState run(RolloutPlan plan) {
      Workflow.await(() -> false);
      return RolloutState.ABORTED;
    }

    @Override
    public void control(long controlId) {
      HEARD.add("control " + controlId);
    }

    @Override
    public void lookAgain() {
      // Only listens.
    }
  }

  /** Notes that it was started. */
  public static final class NotingCheck implements CheckWorkflow {
    @Override
    public void check(long checkId) {
      HEARD.add(Workflow.getInfo().getWorkflowId() + " " + checkId);
    }
  }
}
