package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.Decision.Verdict;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.DatasetActivities;
import dev.airlock.workflows.MonitorActivities;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageState;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.TaskQueues;
import dev.airlock.workflows.TrainingActivities;
import dev.airlock.workflows.WorkflowTypes;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real workflows on the real tables, from the request to live traffic; only Spark is absent.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LoopTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private TestDatabase database;
  private Store store;
  private Scene scene;
  private TestWorkflowEnvironment temporal;
  private OutboxDispatcher dispatcher;

  @BeforeAll
  void open(@TempDir Path folder) {
    database = TestDatabase.fresh();
    store = database.store();
    ArtifactStore artifacts = new FileArtifactStore(folder);
    scene = new Scene(store, artifacts);
    temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setUseTimeskipping(false)
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(WorkflowTypes.dataConverter())
                        .build())
                .build());
    Worker control = temporal.newWorker(TaskQueues.CONTROL);
    WorkflowTypes.register(control);
    Worker runs = temporal.newWorker(TaskQueues.TASKS);
    WorkflowTypes.registerRuns(runs);
    runs.registerActivitiesImplementations(store.runLedger());
    control.registerActivitiesImplementations(
        store.runLedger(),
        store.registry(artifacts, HaltPoint.NONE),
        store.approvalActivities(artifacts),
        store.deployments(),
        store.routing(HaltPoint.NONE));
    temporal
        .newWorker(TaskQueues.SPARK)
        .registerActivitiesImplementations(new QuickDatasets(), new QuickTraining());
    temporal.newWorker(TaskQueues.MONITORS).registerActivitiesImplementations(new QuickMonitors());
    temporal.start();
    dispatcher = OutboxDispatcher.start(store, temporal.getWorkflowClient());
  }

  @AfterAll
  void close() {
    dispatcher.close();
    temporal.close();
    database.close();
  }

  private static final class QuickDatasets implements DatasetActivities {
    @Override
    public StageOutput.DatasetVersion ingest(StageTask task) {
      return Scene.DATA;
    }

    @Override
    public StageOutput.DatasetVersion validate(StageTask task) {
      return Scene.DATA;
    }

    @Override
    public StageOutput.DatasetVersion transform(StageTask task) {
      return Scene.DATA;
    }
  }

  private final class QuickTraining implements TrainingActivities {
    @Override
    public StageOutput.TrainedCandidate train(StageTask task) {
      return scene.judgement(task.runId(), "model of run " + task.runId()).chosen();
    }

    @Override
    public StageOutput.Judgement evaluate(StageTask task) {
      return scene.judgement(task.runId(), "model of run " + task.runId());
    }
  }

  private final class QuickMonitors implements MonitorActivities {
    @Override
    public StageOutput.InstalledMonitor install(StageTask task) {
      String name = task.stage().name();
      long id = store.monitors().install(task, Scene.MODEL, Scene.WATCH, Duration.ofHours(6));
      return new StageOutput.InstalledMonitor(id, Scene.MODEL, name);
    }

    @Override
    public long requestScheduled(long monitorId, Instant asOf) {
      throw new UnsupportedOperationException("Nothing is scheduled here");
    }

    @Override
    public void measure(long checkId) {
      throw new UnsupportedOperationException("Nothing is checked here");
    }

    @Override
    public void judge(long checkId) {
      throw new UnsupportedOperationException("Nothing is checked here");
    }
  }

  private Approval waiting(long run) {
    Deadline.within(
        PATIENCE, () -> store.runs().find(run).orElseThrow().state() == RunState.WAITING);
    return store.approvals().ofStage(run, "approval").orElseThrow();
  }

  private RunDetail ended(long run) {
    Deadline.within(PATIENCE, () -> store.runs().find(run).orElseThrow().state().isFinal());
    return store.runs().detail(run).orElseThrow();
  }

  @Test
  void shouldGoLiveWhenTwoPeopleLetItPass() {
    scene.askedOf("ml-leads", 2);
    store.gateways().renew("gateway", Duration.ofMinutes(5));
    long run = scene.run("engineer");
    Approval approval = waiting(run);
    scene.decide(approval, "approver", Verdict.APPROVE);
    scene.decide(approval, "bob", Verdict.APPROVE);

    Deadline.within(PATIENCE, () -> store.models().live(Scene.MODEL).isPresent());
    LiveRoute route = store.models().live(Scene.MODEL).orElseThrow();
    assertEquals(RunState.RUNNING, store.runs().find(run).orElseThrow().state());
    store.gateways().acknowledge("gateway", Scene.MODEL, route.epoch());

    RunDetail detail = ended(run);
    assertEquals(RunState.SUCCEEDED, detail.run().state());
    assertTrue(detail.stages().stream().allMatch(stage -> stage.state() == StageState.SUCCEEDED));
    assertEquals(approval.id(), route.approvalId());
    store.gateways().leave("gateway");

    long back = scene.askedOf("ml-leads", 1).run("engineer");
    Approval next = waiting(back);
    scene.decide(next, "bob", Verdict.APPROVE);
    ended(back);
    assertEquals(next.version(), store.models().live(Scene.MODEL).orElseThrow().version());
    store.models().requestRollback(Scene.MODEL, null, by("engineer"), "Worse than before");
    Deadline.within(
        PATIENCE,
        () -> store.models().live(Scene.MODEL).orElseThrow().version() == approval.version());
  }

  @Test
  void shouldFailAtTheGateWhenItIsRejected() {
    scene.askedOf("approver", 1);
    long run = scene.run("engineer");
    scene.decide(waiting(run), "carol", Verdict.REJECT);

    RunDetail detail = ended(run);

    assertEquals(RunState.FAILED, detail.run().state());
    assertEquals(
        List.of(StageState.FAILED, StageState.UPSTREAM_FAILED, StageState.UPSTREAM_FAILED),
        detail.stages().stream().skip(3).map(RunStage::state).toList());
    assertTrue(String.valueOf(detail.stages().get(3).error()).contains("carol: Seen by carol"));
  }

  @Test
  void shouldWithdrawTheQuestionWhenTheRunIsCancelled() {
    long run = scene.askedOf("ml-leads", 1).run("engineer");
    Approval approval = waiting(run);

    store.runs().cancel(run, by("engineer"));

    assertEquals(RunState.CANCELLED, ended(run).run().state());
    assertEquals(
        ApprovalStanding.State.WITHDRAWN,
        store.approvals().find(approval.id()).orElseThrow().state());
  }
}
