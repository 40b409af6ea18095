package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.system.RunningSystem.Part;
import dev.airlock.workflows.DecisionOutcome;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.ModelWorkflow;
import dev.airlock.workflows.PipelineWorkflow;
import dev.airlock.workflows.RunIds;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.TaskQueues;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.JacksonJsonPayloadConverter;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One version is live; a second one is registered and waits for its approval. Nothing but that
 * approval may make it live, whichever door is tried.
 */
@ExtendWith(SharedSystem.class)
@TestInstance(Lifecycle.PER_CLASS)
final class GateTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final long NOBODYS_ID = 987_654_321L;

  private long run;
  private long approvalId;
  private int version;
  private String digest = "";
  private String live = "";

  @BeforeEach
  void haveOneVersionLiveAndOneWaiting(RunningSystem system) {
    Client engineer = system.as("engineer");
    if (run == 0) {
      Drill.haveOneLive(system);
      run = Drill.start(system, Map.of());
      JsonNode approval = engineer.awaitApproval(run, PATIENCE);
      approvalId = approval.get("id").asLong();
      digest = approval.get("digest").asText();
      version = (int) system.count("select version from model_version where run_id = ?", run);
    }
    live = routing(system);
  }

  @AfterEach
  void shouldStillServeTheSameVersion(RunningSystem system) {
    assertEquals(live, routing(system));
    assertEquals("waiting", system.as("engineer").run(run).get("state").asText());
    assertEquals(
        0,
        system.count(
            "select count(*) from alias_history where model = 'drill' and version = ?", version));
  }

  @Test
  void shouldRefuseOnesOwnRequest(RunningSystem system) {
    assertEquals(403, decide(system.as("engineer"), digest).status());
  }

  @Test
  void shouldRefuseAStranger(RunningSystem system) {
    assertEquals(401, decide(system.asNobody(), digest).status());
  }

  @Test
  void shouldRefuseAVoteOnOtherEvidence(RunningSystem system) {
    assertEquals(409, decide(system.as("approver"), "0".repeat(64)).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"engineer", "approver", "admin"})
  void shouldRefuseTheWayBackToAVersionThatWasNeverLive(String user, RunningSystem system) {
    Client.Answer answer =
        system.as(user).post("/api/v1/models/drill/rollback", Map.of("to", version));

    assertEquals(403, answer.status(), answer::text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"engineer", "admin"})
  void shouldKnowNoOtherRouteToTraffic(String user, RunningSystem system) {
    Client client = system.as(user);
    Map<String, Object> wish = Map.of("version", version, "strategy", "blue-green");

    for (String path :
        List.of(
            "/api/v1/models/drill/rollouts",
            "/api/v1/models/drill",
            "/api/v1/models/drill/versions/" + version)) {
      Client.Answer answer = client.post(path, wish);
      assertEquals(4, answer.status() / 100, () -> path + ": " + answer.text());
    }
  }

  @Test
  void shouldRefuseTheCommandLine(RunningSystem system) {
    Commands commands = system.commands();
    String id = Long.toString(approvalId);

    assertEquals(2, commands.run("approve", id, "--reason", "no name").exit());
    assertEquals(1, commands.run("approve", id, "--as", "engineer", "--reason", "mine").exit());
    assertEquals(1, commands.run("rollback", "drill", "--to", Integer.toString(version)).exit());
  }

  @Test
  void shouldRefuseForgedSignalsToTheModel(RunningSystem system) throws SQLException {
    long forged = forgedCommand(system);
    try (Temporal temporal = Temporal.of(system)) {
      ModelWorkflow model =
          temporal.client.newWorkflowStub(ModelWorkflow.class, RunIds.modelWorkflowId("drill"));
      model.submit(NOBODYS_ID);
      model.submit(forged);
      model.submit(
          system.count(
              "select min(id) from model_command where model = 'drill' and kind = 'deploy'"));
    }
    Await.holds(
        PATIENCE,
        "the forged command to be refused",
        () ->
            system.count(
                    "select count(*) from model_command where id = ? and outcome ->> 'is' = 'refused'",
                    forged)
                == 1);
  }

  @Test
  void shouldRefuseAForgedWorkflowOfTheModel(RunningSystem system) {
    long forged = system.count("select max(id) from model_command");
    String workflowId = "model-drill-forged-" + run;
    try (Temporal temporal = Temporal.of(system)) {
      ModelWorkflow another =
          temporal.client.newWorkflowStub(ModelWorkflow.class, briefly(workflowId));
      WorkflowClient.start(another::run, "drill", List.of(forged, NOBODYS_ID), List.of());
      Await.holds(PATIENCE, "the forged workflow to end", () -> temporal.hasEnded(workflowId));
    }
  }

  private static WorkflowOptions briefly(String workflowId) {
    return WorkflowOptions.newBuilder()
        .setWorkflowId(workflowId)
        .setTaskQueue(TaskQueues.CONTROL)
        .setWorkflowExecutionTimeout(Duration.ofSeconds(5))
        .build();
  }

  @Test
  void shouldRefuseAForgedRunThatOnlyDeploys(RunningSystem system) {
    String workflowId = "run-forged-" + run;
    StageSpec deploy =
        new StageSpec(
            "go-live",
            new Work.Deploy(Work.Strategy.BLUE_GREEN),
            List.of(),
            List.of(),
            RetrySpec.STANDARD,
            Duration.ofSeconds(5));
    RunRequest request =
        new RunRequest(
            NOBODYS_ID,
            1,
            new Graph("drill", "nobody", null, List.of(), List.of(deploy)),
            digest,
            Instant.now(),
            new TreeMap<>(),
            "nobody",
            "nobody");
    try (Temporal temporal = Temporal.of(system)) {
      PipelineWorkflow forged =
          temporal.client.newWorkflowStub(PipelineWorkflow.class, briefly(workflowId));
      WorkflowClient.start(forged::run, request);
      Await.holds(PATIENCE, "the forged run to end", () -> temporal.hasEnded(workflowId));
    }
  }

  @Test
  void shouldRefuseForgedUpdatesAndSignalsToTheRun(RunningSystem system) {
    long another = system.count("select min(id) from decision where outcome = 'counted'");
    try (Temporal temporal = Temporal.of(system)) {
      PipelineWorkflow workflow =
          temporal.client.newWorkflowStub(PipelineWorkflow.class, RunIds.workflowId(run));

      assertRefused(workflow, NOBODYS_ID);
      assertRefused(workflow, another);
      workflow.commandFinished(NOBODYS_ID);
      workflow.commandFinished(system.count("select min(id) from model_command"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into routing select * from routing",
        "update routing set version = version + 1, epoch = epoch + 1",
        "update routing set candidate = version + 1, weight = 100",
        "update rollout set weight = 100",
        "insert into rollout_shift select * from rollout_shift",
        "delete from routing",
        "truncate routing cascade",
        "update alias_history set version = version + 1",
        "delete from alias_history",
        "set role airlock_owner",
        "alter table routing disable trigger all",
        "drop function move_live(bigint, bigint)",
        "alter table routing owner to airlock_app"
      })
  void shouldRefuseTheApplicationsRole(String sql, RunningSystem system) throws SQLException {
    try (Connection connection = system.asApplication();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      SQLException refused = assertThrows(SQLException.class, statement::execute);

      assertEquals("42501", refused.getSQLState(), refused::getMessage);
    }
  }

  @Test
  void shouldRefuseTheApplicationsRoleAMoveWithoutAnApproval(RunningSystem system)
      throws SQLException {
    long forged = forgedCommand(system);
    long epoch = system.count("select epoch from routing where model = 'drill'");
    try (Connection connection = system.asApplication();
        PreparedStatement move =
            connection.prepareStatement("select (airlock.move_live(?, ?)).*")) {
      move.setLong(1, forged);
      move.setLong(2, epoch);
      try (ResultSet moved = move.executeQuery()) {
        moved.next();
        assertEquals("refused", moved.getString("result"));
        assertTrue(moved.getString("reason").contains("not approved"));
      }
    }
  }

  /**
   * A command to deploy the unapproved version, written by whoever holds the application's
   * password.
   */
  private long forgedCommand(RunningSystem system) throws SQLException {
    String sql =
        """
        insert into model_command (kind, model, version, approval_id, run_id, stage, requested_by)
        values ('deploy', 'drill', ?, ?, ?, ?, 'admin') returning id
        """;
    try (Connection connection = system.asApplication();
        PreparedStatement insert = connection.prepareStatement(sql)) {
      insert.setInt(1, version);
      insert.setLong(2, approvalId);
      insert.setLong(3, run);
      insert.setString(4, FORGED_STAGES.get(forgeries++));
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** Commands are unique by run and stage, and go-live's own place stays free. */
  private static final List<String> FORGED_STAGES = List.of("raw", "valid", "features");

  private int forgeries;

  private void assertRefused(PipelineWorkflow workflow, long decision) {
    DecisionOutcome outcome = workflow.decide(approvalId, decision);
    assertEquals(DecisionOutcome.Refused.class, outcome.getClass(), outcome::toString);
  }

  private Client.Answer decide(Client client, String onDigest) {
    return client.post(
        "/api/v1/approvals/" + approvalId + "/decisions",
        Map.of("decision", "approve", "reason", "Let me in", "digest", onDigest));
  }

  private static String routing(RunningSystem system) {
    long epoch = system.count("select epoch from routing where model = 'drill'");
    long version = system.count("select version from routing where model = 'drill'");
    assertNotEquals(0, epoch);
    return "version %d since epoch %d".formatted(version, epoch);
  }

  /** Straight at Temporal's port, which knows no login. */
  private record Temporal(WorkflowServiceStubs stubs, WorkflowClient client)
      implements AutoCloseable {

    static Temporal of(RunningSystem system) {
      WorkflowServiceStubs stubs =
          WorkflowServiceStubs.newServiceStubs(
              WorkflowServiceStubsOptions.newBuilder()
                  .setTarget("127.0.0.1:" + system.port(Part.TEMPORAL))
                  .build());
      return new Temporal(
          stubs,
          WorkflowClient.newInstance(
              stubs,
              WorkflowClientOptions.newBuilder()
                  .setDataConverter(
                      DefaultDataConverter.newDefaultInstance()
                          .withPayloadConverterOverrides(
                              new JacksonJsonPayloadConverter(Json.mapper())))
                  .build()));
    }

    boolean hasEnded(String workflowId) {
      return client.newUntypedWorkflowStub(workflowId).describe().getCloseTime() != null;
    }

    @Override
    public void close() {
      stubs.shutdownNow();
    }
  }
}
