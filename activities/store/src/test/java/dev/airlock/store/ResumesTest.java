package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.ResumePlan.Action;
import dev.airlock.workflows.ResumePlan.Planned;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageState;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ResumesTest {

  private TestDatabase database;
  private Store store;
  private FileArtifactStore artifacts;
  private Scene scene;
  private Resumes resumes;

  @BeforeAll
  void open(@TempDir Path folder) {
    database = TestDatabase.fresh();
    store = database.store();
    artifacts = new FileArtifactStore(folder);
    scene = new Scene(store, artifacts);
    resumes = store.resumes(artifacts);
  }

  @AfterAll
  void close() {
    database.close();
  }

  @BeforeEach
  void publish() {
    store
        .pipelines()
        .publish(
            Scene.graph("ml-leads", 1),
            artifacts.put("the jar".getBytes(StandardCharsets.UTF_8)),
            by("engineer"));
  }

  private final class Play {
    final long run;
    private int sequence;
    final Map<String, StageOutput> outputs = new LinkedHashMap<>();

    Play(long run) {
      this.run = run;
    }

    void gave(String stage, StageOutput output) {
      outputs.put(stage, output);
      tell(stage, StageState.SUCCEEDED, output, null);
    }

    void failed(String stage) {
      tell(stage, StageState.FAILED, null, new StageError("x", "it broke", List.of()));
    }

    void lost(String stage) {
      tell(stage, StageState.UPSTREAM_FAILED, null, null);
    }

    private void tell(
        String stage, StageState state, @Nullable StageOutput output, @Nullable StageError error) {
      store
          .runLedger()
          .record(
              run,
              List.of(new StageChange(++sequence, stage, state, Instant.now(), output, error)),
              RunState.RUNNING);
    }

    void over(RunState state) {
      store.runLedger().close(run, state, null, Instant.now());
    }
  }

  /** Orders, judged and registered by the engineer; the gate is open. */
  private Play toTheGate(String model) {
    Play play = new Play(scene.run("engineer"));
    play.gave("orders", Scene.DATA);
    play.gave("evaluate", scene.judgement(play.run, model));
    play.gave("register", scene.register(play.run, model));
    return play;
  }

  private Play deploymentFailed(String model) {
    Play play = toTheGate(model);
    StageOutput.RegisteredVersion version =
        (StageOutput.RegisteredVersion) Objects.requireNonNull(play.outputs.get("register"));
    Approval approval = store.approvals().find(scene.open(play.run, version)).orElseThrow();
    scene.vote(approval, "approver", Decision.Verdict.APPROVE);
    play.gave(
        "approval", new StageOutput.ApprovedVersion(version, approval.id(), List.of("approver")));
    play.failed("deploy");
    play.lost("watch");
    play.over(RunState.FAILED);
    return play;
  }

  private static ResumeWish wish(long run, String by, @Nullable String key, String... from) {
    return new ResumeWish(run, List.of(from), ResumeWish.Code.SAME, Map.of(), by(by), "", key);
  }

  private static Planned of(ResumeProposal proposal, String stage) {
    return proposal.plan().stage(stage).orElseThrow();
  }

  @Test
  void shouldMakeANewRunThatBeginsWithWhatSucceeded() {
    Play play = deploymentFailed("a");

    RequestedRun resumed = resumes.resume(wish(play.run, "engineer", null));

    Run run = store.runs().find(resumed.id()).orElseThrow();
    assertEquals(play.run, run.parent());
    assertEquals("resume", run.triggeredBy());
    assertEquals(store.runs().find(play.run).orElseThrow().logicalDate(), run.logicalDate());
    assertEquals(List.of(run), store.runs().children(play.run));
    RunRequest start = store.runs().startRequest(run.id()).orElseThrow();
    assertEquals(play.outputs, start.reused());
    assertNull(store.runs().startRequest(play.run).orElseThrow().reused());
    List<StageReuse> reuses = store.runs().reuses(run.id());
    assertEquals(6, reuses.size());
    assertTrue(
        reuses.contains(
            new StageReuse("orders", "resume", play.run, "it succeeded in run " + play.run)));
    assertTrue(
        reuses.contains(new StageReuse("deploy", "resume", null, "it failed in run " + play.run)));
    assertTrue(store.outbox().waiting() > 0);
  }

  @Test
  void shouldStartNothingWhenOnlyThePlanIsAsked() {
    Play play = deploymentFailed("b");

    ResumeProposal proposal = resumes.plan(wish(play.run, "engineer", null));

    assertEquals(List.of("deploy", "watch"), proposal.plan().running());
    assertEquals(List.of(), store.runs().children(play.run));
  }

  @Test
  void shouldDeployUnderTheApprovalThatItTook() {
    Play play = deploymentFailed("c");
    long run = resumes.resume(wish(play.run, "engineer", null)).id();
    StageOutput.ApprovedVersion approved =
        (StageOutput.ApprovedVersion) Objects.requireNonNull(play.outputs.get("approval"));

    assertTrue(
        store.deployments().request(scene.task(run, "deploy", Map.of("approval", approved))) > 0);

    long stranger = scene.run("engineer");
    ApplicationFailure refusal =
        assertThrows(
            ApplicationFailure.class,
            () ->
                store
                    .deployments()
                    .request(scene.task(stranger, "deploy", Map.of("approval", approved))));
    assertEquals(StageFailure.NOT_APPROVED, refusal.getType());
  }

  @Test
  void shouldAskAnewWhenWhoeverResumesHadApproved() {
    Play play = deploymentFailed("d");

    ResumeProposal own = resumes.plan(wish(play.run, "approver", null));

    assertEquals(Action.RUN, of(own, "approval").action());
    assertTrue(of(own, "approval").why().contains("approver gave approval"), own.toString());
    assertEquals(Action.REUSE, of(own, "register").action());
  }

  @Test
  void shouldAskAnewWhenTheApprovalWasRevoked() {
    Play play = deploymentFailed("e");
    long approval = store.approvals().ofStage(play.run, "approval").orElseThrow().id();
    store.approvals().revoke(approval, by("approver"), "it was wrong");

    ResumeProposal proposal = resumes.plan(wish(play.run, "engineer", null));

    assertEquals(
        "approval %d was revoked by approver".formatted(approval), of(proposal, "approval").why());
  }

  @Test
  void shouldRefuseTheApprovalAtTheDeploymentWhenItsVoterResumed() {
    Play play = deploymentFailed("e2");
    long run = resumes.resume(wish(play.run, "engineer", null)).id();
    database
        .owner()
        .useHandle(
            handle -> handle.execute("update run set requested_by = 'approver' where id = ?", run));

    assertThrows(
        ApplicationFailure.class,
        () ->
            store
                .deployments()
                .request(
                    scene.task(
                        run,
                        "deploy",
                        Map.of("approval", Objects.requireNonNull(play.outputs.get("approval"))))));
  }

  @Test
  void shouldIngestAgainWhenItsBranchWasDroppedUnpublished() {
    Play play = new Play(scene.run("engineer"));
    StageOutput.DatasetVersion branched =
        new StageOutput.DatasetVersion(
            Scene.DATA.dataset(), 99, 100, "run_%d_orders_a1".formatted(play.run), List.of());
    play.gave("orders", branched);
    play.failed("evaluate");
    play.over(RunState.FAILED);
    ResumeWish wish = wish(play.run, "engineer", null);
    assertEquals(Action.REUSE, of(resumes.plan(wish), "orders").action());

    store.datasets().dropping(branched.dataset(), Objects.requireNonNull(branched.branch()));

    ResumeProposal proposal = resumes.plan(wish);
    assertEquals(Action.RUN, of(proposal, "orders").action());
    assertTrue(of(proposal, "orders").why().contains("dropped unpublished"), proposal.toString());
  }

  @Test
  void shouldJudgeAgainWhenTheEvidenceIsGone() {
    Play play = new Play(scene.run("engineer"));
    play.gave("orders", Scene.DATA);
    StageOutput.Judgement judged = scene.judgement(play.run, "f");
    play.gave(
        "evaluate",
        new StageOutput.Judgement(
            judged.chosen(),
            judged.chosenOn(),
            judged.judgedOn(),
            "0".repeat(64),
            judged.metrics()));
    play.failed("register");
    play.over(RunState.CANCELLED);

    ResumeProposal proposal = resumes.plan(wish(play.run, "engineer", null));

    assertEquals(
        "its evidence, artifact 000000000000, no longer exists", of(proposal, "evaluate").why());
  }

  @Test
  void shouldRefuseWhatCanNotBeResumed() {
    long going = scene.run("engineer");
    assertTrue(refusal(wish(going, "engineer", null)).contains("is queued: cancel it, or wait"));

    Play done = deploymentFailed("g");
    Play all = new Play(resumes.resume(wish(done.run, "engineer", null)).id());
    for (Map.Entry<String, StageOutput> output : done.outputs.entrySet()) {
      all.gave(output.getKey(), output.getValue());
    }
    all.gave("deploy", new StageOutput.LiveVersion(Scene.MODEL, 1, 1, 1));
    all.gave("watch", new StageOutput.InstalledMonitor(1, Scene.MODEL, "watch"));
    all.over(RunState.SUCCEEDED);
    assertTrue(refusal(wish(all.run, "engineer", null)).contains("Name the stage to run again"));
    assertEquals(
        "it succeeded in run " + done.run,
        of(resumes.plan(wish(all.run, "engineer", null, "deploy")), "orders").why());

    InvalidParamsException unknown =
        assertThrows(
            InvalidParamsException.class,
            () ->
                resumes.plan(
                    new ResumeWish(
                        done.run,
                        List.of("trian"),
                        ResumeWish.Code.SAME,
                        Map.of("trees", "0"),
                        by("engineer"),
                        "",
                        null)));
    assertEquals(2, unknown.problems().size());
    assertTrue(unknown.problems().get(0).startsWith("There is no stage 'trian' in version"));
    assertThrows(
        UnknownEntityException.class, () -> resumes.plan(wish(1_000_000, "engineer", null)));
  }

  private String refusal(ResumeWish wish) {
    return String.valueOf(
        assertThrows(NotResumableException.class, () -> resumes.resume(wish)).getMessage());
  }

  @Test
  void shouldResumeOnceWhenTheKeyIsRepeatedByManyAtOnce() throws Exception {
    Play play = deploymentFailed("h");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<RequestedRun> call = () -> resumes.resume(wish(play.run, "engineer", "h-key"));
      List<RequestedRun> answers = new ArrayList<>();
      for (Future<RequestedRun> answer : threads.invokeAll(Collections.nCopies(16, call))) {
        answers.add(answer.get());
      }
      assertEquals(1, answers.stream().map(RequestedRun::id).distinct().count());
      assertEquals(1, answers.stream().filter(RequestedRun::isNew).count());
      assertEquals(1, store.runs().children(play.run).size());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void shouldRefuseAKeyThatMadeAnotherRun() {
    Play play = deploymentFailed("i");
    store
        .runs()
        .request(
            new NewRun(Scene.PIPELINE, Map.of(), null, by("engineer"), "engineer", "", "taken"));

    assertTrue(refusal(wish(play.run, "engineer", "taken")).contains("does not resume run"));
  }

  @Test
  void shouldTakeTheLatestVersionOnlyWhenAsked() {
    Play play = deploymentFailed("j");
    int before = store.runs().find(play.run).orElseThrow().version();
    int latest =
        store
            .pipelines()
            .publish(
                Scene.graph("ml-leads", 2),
                artifacts.put("another jar".getBytes(StandardCharsets.UTF_8)),
                by("engineer"));

    ResumeWish same = wish(play.run, "engineer", null);
    assertEquals(before, resumes.plan(same).version());
    ResumeProposal proposal =
        resumes.plan(
            new ResumeWish(
                play.run, List.of(), ResumeWish.Code.LATEST, Map.of(), by("engineer"), "", null));
    assertEquals(latest, proposal.version());
    assertEquals("its definition changed in version " + latest, of(proposal, "approval").why());
    assertFalse(proposal.codeDigest().isEmpty());
  }
}
