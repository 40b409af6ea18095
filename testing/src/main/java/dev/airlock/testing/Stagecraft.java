package dev.airlock.testing;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A Temporal of one run: the real workflows, the fakes around them, and a clock that skips. */
final class Stagecraft implements AutoCloseable {

  /** The one run. */
  static final long RUN = 1;

  private static final long LONGEST_SECONDS = 60;

  private final Script script;
  private final Ledger ledger = new Ledger();
  private final Players players;
  private final Canaries canaries;
  private final Waits waits;
  private final Agenda agenda;
  private final TestWorkflowEnvironment temporal;

  Stagecraft(Instant start, int questions, Script script, Graph graph) {
    this.script = script;
    this.players = new Players(script);
    this.canaries = new Canaries(script, this::sendOperators);
    this.waits = new Waits(script, players, this::sendTeller);
    this.agenda = new Agenda(questions, soonest(script));
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
        new Mapped.Ends(),
        new Gate(script.votes(), this::sendVoters),
        new Traffic(script, canaries, this::carry),
        new SubRuns(players),
        canaries,
        waits);
    worker(TaskQueues.MONITORS).registerActivitiesImplementations(canaries, new Watch(players));
    worker(TaskQueues.SPARK).registerActivitiesImplementations(players);
    queues(graph)
        .forEach(
            queue ->
                worker(queue)
                    .registerActivitiesImplementations(
                        players, waits, new Mapped(script, players)));
    temporal.start();
  }

  private static Set<String> queues(Graph graph) {
    Set<String> queues = new TreeSet<>(Set.of(TaskQueues.TASKS));
    graph.stages().forEach(stage -> queues.add(TaskQueues.tasks(stage.queue())));
    return queues;
  }

  RehearsedRun perform(RunRequest request) {
    Instant start = now();
    script.untilCancelled().ifPresent(time -> agenda.add(start.plus(time), run()::cancel));
    WorkflowStub run =
        client().newUntypedWorkflowStub("PipelineWorkflow", options(RunIds.workflowId(RUN)));
    run.start(request);
    followAgenda();
    awaitEnd(run);
    return ledger.told(
        start,
        players.attempts(),
        weights(request),
        compensations(request),
        workflowsOf(request).filter(this::isThere).map(client()::fetchHistory).toList());
  }

  /** Those that such a run may begin. */
  private Stream<String> workflowsOf(RunRequest request) {
    Stream<String> maps =
        request.graph().stages().stream()
            .filter(stage -> stage.work() instanceof Work.Map)
            .map(stage -> RunIds.mapWorkflowId(RUN, stage.name()));
    Stream<String> models =
        request.graph().stages().stream()
            .flatMap(
                stage ->
                    stage.work() instanceof Work.Register register
                        ? Stream.of(RunIds.modelWorkflowId(register.model()))
                        : Stream.empty());
    Stream<String> rollouts = canaries.rollouts().stream().map(RunIds::rolloutWorkflowId);
    return Stream.of(Stream.of(RunIds.workflowId(RUN)), maps, models, rollouts).flatMap(ids -> ids);
  }

  private boolean isThere(String workflowId) {
    try {
      client().newUntypedWorkflowStub(workflowId).describe();
      return true;
    } catch (WorkflowNotFoundException unknown) {
      return false;
    }
  }

  /** The stages that undo others, with those. */
  private static Map<String, String> compensations(RunRequest request) {
    Map<String, String> compensations = new LinkedHashMap<>();
    for (StageSpec stage : request.graph().stages()) {
      FlowSpec flow = stage.flow();
      if (flow != null && flow.part() == FlowSpec.Part.COMPENSATION) {
        compensations.put(stage.name(), flow.of().get(0));
      }
    }
    return compensations;
  }

  /** What somebody does soonest after they are called for. */
  private static Duration soonest(Script script) {
    Duration soonest = script.deciding();
    for (Duration time : script.eventsToCome()) {
      soonest = time.compareTo(soonest) < 0 ? time : soonest;
    }
    return soonest;
  }

  private void sendTeller(long waitId, Duration after) {
    agenda.add(
        now().plus(after),
        () -> {
          if (waits.met(waitId)) {
            run().signal("eventArrived", waitId);
          }
        });
    agenda.asked();
  }

  private Map<String, List<Integer>> weights(RunRequest request) {
    Map<String, List<Integer>> weights = new LinkedHashMap<>();
    request.graph().stages().forEach(stage -> weights.put(stage.name(), canaries.weights(stage)));
    return weights;
  }

  /** The clock skips only while this thread sleeps, so nothing happens too late. */
  private void followAgenda() {
    while (!ledger.isClosed()) {
      Optional<Duration> pause = agenda.untilNextLook(now());
      if (pause.isEmpty()) {
        return;
      }
      if (pause.get().compareTo(Duration.ZERO) > 0) {
        temporal.sleep(pause.get());
      }
      agenda.next(now()).ifPresent(Stagecraft::unlessEnded);
    }
  }

  private static void unlessEnded(Runnable deed) {
    try {
      deed.run();
    } catch (WorkflowNotFoundException | WorkflowUpdateException ended) {
      // Too late, as it can happen to people, too.
    }
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
    Instant asked = now();
    for (int vote = 1; vote <= script.votes().size(); vote++) {
      long decisionId = vote;
      agenda.add(
          asked.plus(script.deciding().multipliedBy(vote)),
          () -> run().update("decide", DecisionOutcome.class, approvalId, decisionId));
    }
    agenda.asked();
  }

  private void sendOperators(long rolloutId) {
    Instant began = now();
    for (int wish = 1; wish <= script.wishes().size(); wish++) {
      long controlId = rolloutId * 1_000 + wish;
      Wish wanted = script.wishes().get(wish - 1);
      agenda.add(
          began.plus(wanted.after()),
          () -> {
            canaries.ask(rolloutId, controlId, wanted);
            client()
                .newUntypedWorkflowStub(RunIds.rolloutWorkflowId(rolloutId))
                .signal("control", controlId);
          });
    }
    agenda.asked();
  }

  private void carry(String model, long commandId) {
    ModelWorkflow workflow =
        client().newWorkflowStub(ModelWorkflow.class, options(RunIds.modelWorkflowId(model)));
    BatchRequest batch = client().newSignalWithStartRequest();
    batch.add(workflow::run, model, List.<Long>of(), List.<Long>of());
    batch.add(workflow::submit, commandId);
    client().signalWithStart(batch);
  }

  private WorkflowStub run() {
    return client().newUntypedWorkflowStub(RunIds.workflowId(RUN));
  }

  private Instant now() {
    return Instant.ofEpochMilli(temporal.currentTimeMillis());
  }

  private WorkflowClient client() {
    return temporal.getWorkflowClient();
  }

  private Worker worker(String taskQueue) {
    return temporal.newWorker(taskQueue, WorkflowTypes.workerOptions().build());
  }

  private static WorkflowOptions options(String workflowId) {
    return WorkflowOptions.newBuilder()
        .setWorkflowId(workflowId)
        .setTaskQueue(TaskQueues.CONTROL)
        .build();
  }

  @Override
  public void close() {
    temporal.close();
  }
}
