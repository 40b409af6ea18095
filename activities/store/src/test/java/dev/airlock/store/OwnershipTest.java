package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A model stays with the pipelines that its owners name. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OwnershipTest {

  private static final String MODEL = Scene.MODEL;
  private static final String OTHER = "quick-purchase";
  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  private TestDatabase database;
  private Store store;
  private Ownership ownership;
  private ArtifactStore artifacts;
  private Scene scene;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    store = database.store();
    ownership = store.ownership();
  }

  @BeforeEach
  void publish(@TempDir Path folder) {
    database.emptied();
    artifacts = new FileArtifactStore(folder);
    scene = new Scene(store, artifacts);
  }

  @AfterAll
  void close() {
    database.close();
  }

  /** A pipeline with the scene's stages that registers into the scene's model. */
  private void publish(String pipeline, String owner, String person) {
    Graph graph = Scene.graph("approver", 1);
    store
        .pipelines()
        .publish(
            new Graph(pipeline, owner, null, graph.params(), graph.stages()),
            Scene.CODE,
            by(person));
  }

  private StageTask registering(String pipeline) {
    long run =
        store
            .runs()
            .request(new NewRun(pipeline, Map.of(), null, by("engineer"), "engineer", "", null))
            .id();
    StageTask task =
        scene.task(run, "register", Map.of("evaluate", scene.judgement(run, "of " + pipeline)));
    return new StageTask(
        run,
        pipeline,
        task.version(),
        task.codeDigest(),
        task.logicalDate(),
        task.params(),
        task.requestedBy(),
        task.stage(),
        task.inputs());
  }

  private StageOutput.RegisteredVersion register(StageTask task) {
    return store.registry(artifacts, HaltPoint.NONE).register(task);
  }

  private List<String> pipelines() {
    return ownership.pipelines(MODEL).stream().map(ModelPipeline::pipeline).toList();
  }

  @Test
  void shouldGiveAModelToTheFirstPipelineThatRegistersIt() {
    scene.register(scene.run("engineer"), "first");

    ModelPipeline first = ownership.pipelines(MODEL).get(0);
    assertEquals(Scene.PIPELINE, first.pipeline());
    assertEquals("engineer", first.allowedBy());
    assertEquals("growth", first.owner());
  }

  @Test
  void shouldRefuseAnotherPipelineUntilSomebodyAllowsItAndLetItsRunGoOnThen() {
    publish(Scene.PIPELINE, "ml-leads", "engineer");
    scene.register(scene.run("engineer"), "first");
    publish(OTHER, "ml-leads", "engineer");
    StageTask task = registering(OTHER);

    ApplicationFailure refusal = assertThrows(ApplicationFailure.class, () -> register(task));
    assertEquals(StageFailure.BAD_PIPELINE, refusal.getType());
    assertTrue(
        refusal
            .getOriginalMessage()
            .startsWith(
                "Model repeat-purchase belongs to repeat-purchase: pipeline quick-purchase may not"
                    + " register versions of it. One of ml-leads or an admin allows it"),
        refusal.getOriginalMessage());
    assertEquals(1, store.models().versions(MODEL).size());

    ownership.allow(MODEL, OTHER, true, "The quick one is theirs, too", by("engineer"));

    assertEquals(2, register(task).version());
    assertEquals(List.of(OTHER, Scene.PIPELINE), pipelines());
  }

  @Test
  void shouldRefuseTheRowItselfWhoeverWritesIt() {
    scene.register(scene.run("engineer"), "first");
    publish(OTHER, "nobody-known", "engineer");
    long run = registering(OTHER).runId();

    UnableToExecuteStatementException refusal =
        assertThrows(
            UnableToExecuteStatementException.class,
            () ->
                database
                    .application()
                    .useHandle(
                        handle ->
                            handle.execute(
                                """
                                insert into model_version (model, version, artifact_digest,
                                  evidence_digest, run_id, stage, judgement)
                                select model, 2, artifact_digest, evidence_digest, ?, stage,
                                       judgement
                                from model_version where version = 1
                                """,
                                run)));
    SQLException cause = assertInstanceOf(SQLException.class, refusal.getCause());
    assertEquals(INSUFFICIENT_PRIVILEGE, cause.getSQLState());
    for (String forged :
        List.of(
            "insert into model_pipeline values ('repeat-purchase', 'quick-purchase', 'x', 'x')",
            "update model_pipeline set pipeline = 'quick-purchase'",
            "delete from model_pipeline")) {
      assertThrows(
          UnableToExecuteStatementException.class,
          () -> database.application().useHandle(handle -> handle.execute(forged)),
          forged);
    }
  }

  @Test
  void shouldAskNobodyWhoseAPipelineIsThatIsFoundInAFolder() {
    publish(OTHER, "bob", "bob");
    Graph graph = Scene.graph("approver", 2);
    Graph next = new Graph(OTHER, "bob", null, graph.params(), graph.stages());

    assertThrows(
        ForbiddenException.class,
        () -> store.pipelines().publish(next, Scene.CODE, by("engineer"), "Other.java"));
    assertEquals(
        2,
        store
            .pipelines()
            .publishFound(
                next,
                Scene.CODE,
                by("engineer"),
                new FoundFile("Other.java", "/pipelines", "root")));
  }

  @Test
  void shouldLetOwnersAndAdminsAloneSayWhichPipelinesRegister() {
    publish(Scene.PIPELINE, "bob", "bob");
    scene.register(scene.run("engineer"), "first");
    publish(OTHER, "carol", "carol");

    for (String stranger : List.of("engineer", "carol", "viewer", "nobody")) {
      assertThrows(
          ForbiddenException.class,
          () -> ownership.allow(MODEL, OTHER, true, "Mine now", by(stranger)),
          stranger);
    }
    assertEquals(List.of(Scene.PIPELINE), pipelines());
    ownership.allow(MODEL, OTHER, true, "Carol takes over", by("bob"));
    ownership.allow(MODEL, Scene.PIPELINE, false, "It was retired", by("carol"));
    assertEquals(List.of(OTHER), pipelines());
    assertThrows(
        ForbiddenException.class,
        () -> ownership.allow(MODEL, OTHER, false, "And nobody's", by("admin")));
    assertThrows(
        UnknownEntityException.class,
        () -> ownership.allow(MODEL, "no-such-pipeline", true, "x", by("admin")));

    List<AuditRow> rows = store.audit().list("model", MODEL, null, null, 10, null).items();
    assertEquals(
        List.of("disallow-pipeline", "allow-pipeline"),
        rows.stream().map(AuditRow::action).filter(word -> word.endsWith("-pipeline")).toList());
    assertTrue(rows.stream().anyMatch(row -> "carol".equals(row.actor())));
  }

  @Test
  void shouldLetAnAdminAloneSayItWhereNoOwnerIsKnown() {
    scene.register(scene.run("engineer"), "first");
    publish(OTHER, "nobody-known", "engineer");

    assertThrows(
        ForbiddenException.class,
        () -> ownership.allow(MODEL, OTHER, true, "Please", by("engineer")));
    ownership.allow(MODEL, OTHER, true, "Asked for by growth", by("admin"));
    ownership.allow(MODEL, OTHER, true, "Twice is once", by("admin"));

    assertEquals(
        1, store.audit().list("model", MODEL, null, "allow-pipeline", 10, null).items().size());
  }

  private long recorded(CommandRequest request) {
    return assertInstanceOf(CommandRequest.Recorded.class, request).commandId();
  }

  @Test
  void shouldLetOwnersAndAdminsAloneGiveAVersionMoreTrafficAndEverybodyTakeItBack() {
    scene.live("first");
    scene.approved("second");
    publish(Scene.PIPELINE, "ml-leads", "engineer");
    String steps = "{\"steps\": [{\"weight\": 30, \"hold\": \"PT30M\"}, {\"weight\": 100}]}";
    Rollouts rollouts = store.rollouts();

    CommandRequest.Forbidden refused =
        assertInstanceOf(
            CommandRequest.Forbidden.class, rollouts.start(MODEL, 2, steps, by("carol"), "Please"));
    assertTrue(refused.reason().startsWith("repeat-purchase belongs to ml-leads, and carol is"));
    long command = recorded(rollouts.start(MODEL, 2, steps, by("bob"), "It is better"));
    CommandOutcome.Begun begun =
        assertInstanceOf(CommandOutcome.Begun.class, store.routing(HaltPoint.NONE).shift(command));
    long rollout = begun.plan().rolloutId();

    for (RolloutControl.Kind more :
        List.of(RolloutControl.Kind.PROMOTE, RolloutControl.Kind.RESUME)) {
      assertInstanceOf(
          CommandRequest.Forbidden.class, rollouts.request(rollout, more, by("carol"), "Go"));
      recorded(rollouts.request(rollout, more, by("admin"), "Go"));
    }
    for (RolloutControl.Kind less : List.of(RolloutControl.Kind.PAUSE, RolloutControl.Kind.ABORT)) {
      recorded(rollouts.request(rollout, less, by("carol"), "I am on call"));
    }
    recorded(store.models().requestRollback(MODEL, null, by("carol"), "I am on call"));
    assertEquals(
        3, store.audit().list("model", MODEL, "carol", "refuse-command", 10, null).items().size());
  }

  @Test
  void shouldKnowWhoseAPipelineAndAModelAre() {
    publish(Scene.PIPELINE, "ml-leads", "engineer");
    publish(OTHER, "nobody-known", "engineer");
    scene.register(scene.run("engineer"), "first");

    assertEquals(Set.of(Scene.PIPELINE), ownership.foreignPipelines("carol"));
    assertEquals(Set.of(), ownership.foreignPipelines("bob"));
    assertEquals(Optional.of("ml-leads"), ownership.foreignOwner("carol", Scene.PIPELINE));
    assertEquals(Optional.of("ml-leads"), ownership.foreignOwners("carol", MODEL));
    assertEquals(Optional.empty(), ownership.foreignOwners("bob", MODEL));
    assertEquals(Optional.empty(), ownership.foreignOwners("carol", "no-such-model"));
  }

  @Test
  void shouldNotTakeAPipelineFromKnownHandsByAMisspeltName() {
    publish(OTHER, "ml-leads", "engineer");

    String refusal =
        String.valueOf(
            assertThrows(ForbiddenException.class, () -> publish(OTHER, "ml-laeds", "engineer"))
                .getMessage());
    assertTrue(refusal.contains("no person and no team here is called ml-laeds"), refusal);
    assertTrue(refusal.contains("Did you mean 'ml-leads'?"), refusal);
    assertEquals(Optional.of("ml-leads"), ownership.foreignOwner("carol", OTHER));

    publish(OTHER, "bob", "engineer");
    assertEquals(Optional.of("bob"), ownership.foreignOwner("engineer", OTHER));
    publish(OTHER, "everybody", "admin");
    assertEquals(Optional.empty(), ownership.foreignOwner("carol", OTHER));
  }

  @Test
  void shouldSayWhereAnOwnerWasNeverKnown() {
    publish(OTHER, "ml-laeds", "engineer");

    String note = ownership.ownerNote(OTHER).orElseThrow();
    assertTrue(
        note.startsWith("No person and no team here is called ml-laeds: any engineer"), note);
    assertTrue(note.endsWith("Did you mean 'ml-leads'?"), note);
    assertEquals(Optional.empty(), ownership.ownerNote("no-such-pipeline"));
  }

  @Test
  void shouldKeepAVanishedTeamsModelToAdmins() {
    publish(Scene.PIPELINE, "ml-leads", "engineer");
    scene.register(scene.run("engineer"), "first");
    publish(OTHER, "carol", "carol");
    database.owner().useHandle(handle -> handle.execute("delete from team_member"));

    assertEquals(Optional.of("ml-leads"), ownership.foreignOwners("bob", MODEL));
    assertThrows(
        ForbiddenException.class, () -> ownership.allow(MODEL, OTHER, true, "Mine", by("bob")));
    VacantOwner vacant = ownership.vacantOwners().get(0);
    assertEquals(List.of(Scene.PIPELINE), vacant.pipelines());
    assertEquals(List.of(MODEL), vacant.models());
    ownership.allow(MODEL, OTHER, true, "Carol takes over", by("admin"));
  }
}
