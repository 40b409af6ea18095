package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.store.Decision;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ApiTest {
  private static WebFixture web;
  private static Http engineer;
  private static Http approver;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    engineer = web.client("engineer");
    approver = web.client("approver");
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static String pipeline() {
    String name = WebFixture.freshName("api");
    web.scene.publish(name);
    return name;
  }

  private static void assertProblem(int status, String says, Http.Answer answer) {
    assertEquals(status, answer.status(), answer.body());
    assertEquals("application/problem+json", answer.header("Content-Type").replaceAll(";.*", ""));
    assertEquals(status, answer.json().path("status").asInt());
    assertTrue(answer.json().path("detail").asText().contains(says), answer.body());
    assertTrue(answer.json().path("errors").isArray(), answer.body());
    assertFalse(answer.body().contains("Exception"), answer.body());
  }

  @Test
  void shouldSayWhichDependencyIsAwayWhenAskedWhetherItIsReady() {
    Http.Answer ready = web.client("").get("/api/v1/ready");
    assertEquals(503, ready.status());
    assertTrue(ready.json().path("database").path("ready").asBoolean());
    assertFalse(ready.json().path("temporal").path("ready").asBoolean());
    assertTrue(ready.json().path("gateway").path("ready").asBoolean());
    assertEquals(200, web.client("").get("/api/v1/health").status());
  }

  @Test
  void shouldRefuseWhenNobodySignedIn() {
    assertProblem(401, "Sign in", web.client("").get("/api/v1/runs"));
    assertProblem(401, "token", Http.bearer(base(), "mallory").get("/api/v1/runs"));
    assertProblem(
        401,
        "Bearer TOKEN",
        web.client("")
            .send(
                web.client("")
                    .request("/api/v1/runs")
                    .header("Authorization", "Basic eDp5")
                    .GET()));
  }

  private static String base() {
    return "http://127.0.0.1:" + web.server.port();
  }

  @Test
  void shouldRefuseWhenTheRoleIsNotEnough() {
    String name = pipeline();
    String runs = "/api/v1/pipelines/" + name + "/runs";
    assertProblem(403, "an engineer or an admin", web.client("viewer").post(runs, "{}"));
    assertProblem(403, "an engineer or an admin", approver.post(runs, "{}"));
    assertProblem(
        403, "an approver or an admin", engineer.post("/api/v1/approvals/1/decisions", "{}"));
    assertProblem(
        403,
        "an engineer or an admin",
        web.client("viewer").method("PATCH", "/api/v1/pipelines/" + name, "{\"paused\":true}"));
    assertEquals(200, web.client("viewer").get("/api/v1/pipelines/" + name).status());
  }

  @Test
  void shouldSayWhereWhenTheBodyIsBroken() {
    String runs = "/api/v1/pipelines/" + pipeline() + "/runs";
    assertProblem(400, "line 2, column", engineer.post(runs, "{\"params\":\n {]}"));
    assertProblem(400, "empty", engineer.post(runs, ""));
    assertProblem(400, "params", engineer.post(runs, "{\"params\": 7}"));
    assertProblem(400, "Param 'orders'", engineer.post(runs, "{\"params\": {\"orders\": []}}"));
    assertProblem(400, "logicalDate", engineer.post(runs, "{\"logicalDate\": \"tomorrow\"}"));
    assertProblem(404, "nothing at", engineer.get("/api/v1/nowhere"));
    assertProblem(404, "no run", engineer.get("/api/v1/runs/999999999"));
    assertProblem(404, "no run 'x'", engineer.get("/api/v1/runs/x"));
    assertProblem(400, "limit", engineer.get("/api/v1/runs?limit=0"));
    assertProblem(400, "cursor", engineer.get("/api/v1/runs?cursor=%20%20x"));
  }

  @Test
  void shouldRefuseABodyThatIsTooLarge() {
    String runs = "/api/v1/pipelines/" + pipeline() + "/runs";
    String large = "{\"note\":\"" + "x".repeat(4 << 20) + "\"}";
    assertProblem(413, "4 MB", engineer.post(runs, large));
  }

  @Test
  void shouldReportEveryFaultWhenParamsAreWrong() {
    Http.Answer answer =
        engineer.post(
            "/api/v1/pipelines/" + pipeline() + "/runs",
            "{\"params\": {\"horizon-days\": 3, \"colour\": \"red\"}}");
    assertProblem(400, "Param 'horizon-days' is 3", answer);
    assertEquals(2, answer.json().path("errors").size(), answer.body());
  }

  @Test
  void shouldStartOneRunWhenTheSameKeyComesTwice() {
    String name = pipeline();
    String wish =
        "{\"params\":{\"horizon-days\":60},\"logicalDate\":\"1997-12-31\",\"idempotencyKey\":\"k\",\"later\":1}";
    Http.Answer first = engineer.post("/api/v1/pipelines/" + name + "/runs", wish);
    Http.Answer again = engineer.post("/api/v1/pipelines/" + name + "/runs", wish);
    assertEquals(201, first.status(), first.body());
    assertEquals(first.json().path("id").asLong(), again.json().path("id").asLong());

    JsonNode run = engineer.get("/api/v1/runs/" + first.json().path("id").asLong()).json();
    assertEquals("queued", run.path("state").asText());
    assertEquals("60", run.path("params").path("horizon-days").asText());
    assertEquals("1997-12-31T00:00:00Z", run.path("logicalDate").asText());
    assertEquals("engineer", run.path("triggeredBy").asText());
    assertEquals(9, run.path("stages").size());
    assertEquals("orders", run.path("stages").path(0).path("name").asText());
    assertEquals("ingest", run.path("stages").path(0).path("kind").asText());
    assertEquals("pending", run.path("stages").path(0).path("state").asText());
    assertTrue(run.path("stages").path(0).has("error"), "null is said, not left out");
  }

  @Test
  void shouldShowPipelinesWithTheirGraphs() {
    String name = pipeline();
    assertTrue(engineer.get("/api/v1/pipelines").body().contains(name));
    JsonNode shown = engineer.get("/api/v1/pipelines/" + name).json();
    assertEquals(9, shown.path("graph").path("stages").size());
    assertEquals(
        1, engineer.get("/api/v1/pipelines/" + name + "/versions").json().path("items").size());

    Http.Answer paused = engineer.method("PATCH", "/api/v1/pipelines/" + name, "{\"paused\":true}");
    assertTrue(paused.json().path("paused").asBoolean());
    assertProblem(400, "paused", engineer.method("PATCH", "/api/v1/pipelines/" + name, "{}"));
    assertProblem(404, "no pipeline", engineer.get("/api/v1/pipelines/none"));
  }

  @Test
  void shouldListRunsInPartsWhenThereAreMany() {
    String name = pipeline();
    for (int i = 0; i < 3; i++) {
      web.scene.request(name);
    }
    JsonNode first = engineer.get("/api/v1/runs?limit=2&pipeline=" + name).json();
    assertEquals(2, first.path("items").size());
    JsonNode rest =
        engineer
            .get(
                "/api/v1/runs?limit=2&pipeline=%s&cursor=%s"
                    .formatted(name, first.path("next").asText()))
            .json();
    assertEquals(1, rest.path("items").size());
    assertTrue(rest.path("next").isNull());
    assertEquals(
        3, engineer.get("/api/v1/runs?state=queued&pipeline=" + name).json().path("items").size());
    assertProblem(400, "queued, running", engineer.get("/api/v1/runs?state=odd"));
  }

  @Test
  void shouldTakeACancellationOnce() {
    long run = web.scene.request(pipeline());
    assertEquals(202, engineer.post("/api/v1/runs/" + run + "/cancel", "").status());
    web.scene.play(run).close(RunState.CANCELLED, null);
    assertProblem(409, "ended", engineer.post("/api/v1/runs/" + run + "/cancel", ""));
  }

  @Test
  void shouldNameTheReasonWhenAStageFailed() {
    long run = web.scene.request(pipeline());
    web.scene
        .play(run)
        .fail(
            "orders",
            new StageError(StageFailure.BAD_DATA, "row 17 is no date", List.of("row 17")));
    JsonNode shown = engineer.get("/api/v1/runs/" + run).json();
    assertEquals("failed", shown.path("state").asText());
    JsonNode stage = shown.path("stages").path(0);
    assertEquals("row 17 is no date", stage.path("error").path("message").asText());
    assertEquals("worker-1", stage.path("attempts").path(0).path("worker").asText());
    assertEquals("upstream-failed", shown.path("stages").path(1).path("state").asText());
  }

  @Test
  void shouldAnswerTheLogOfAnAttempt() {
    long run = web.scene.request(pipeline());
    String path = "/api/v1/runs/" + run + "/stages/orders/logs";
    assertTrue(engineer.get(path).body().contains("No attempt has begun"));
    web.store.attempts().claim(run, "orders", 1, "worker-1");
    assertTrue(engineer.get(path).body().contains("has said nothing yet"));
    String log = web.artifacts.put("read 6,919 rows\n".getBytes(StandardCharsets.UTF_8));
    web.store.attempts().finish(run, "orders", 1, null, log);
    assertEquals("read 6,919 rows\n", engineer.get(path).body());
    assertProblem(404, "no stage", engineer.get("/api/v1/runs/" + run + "/stages/x/logs"));
  }

  @Test
  void shouldReceiveAJarOnlyWhenItIsOne() {
    byte[] jar = {'P', 'K', 3, 4, 0, 0};
    Http.Answer answer = engineer.postBytes("/api/v1/publications?file=mine.jar", jar);
    assertEquals(201, answer.status(), answer.body());
    assertEquals("received", answer.json().path("state").asText());
    assertEquals(
        "mine.jar",
        engineer
            .get("/api/v1/publications/" + answer.json().path("id"))
            .json()
            .path("fileName")
            .asText());
    assertEquals(6, web.artifacts.get(answer.json().path("codeDigest").asText()).length);
    assertProblem(
        400, "no jar", engineer.postBytes("/api/v1/publications?file=mine.jar", new byte[] {1, 2}));
    assertProblem(400, "file is", engineer.postBytes("/api/v1/publications?file=../x.jar", jar));
    assertProblem(400, "file is", engineer.postBytes("/api/v1/publications", jar));
    assertProblem(
        403, "an engineer", approver.postBytes("/api/v1/publications?file=mine.jar", jar));
    byte[] large = new byte[(64 << 20) + 1];
    assertProblem(413, "64 MB", engineer.postBytes("/api/v1/publications?file=mine.jar", large));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/publications?file=mine.jar", "/trials/code?file=mine.jar"})
  void shouldAnswerWhoeverSendsFarTooMuch(String path) {
    byte[] large = new byte[80 << 20];
    System.arraycopy(new byte[] {'P', 'K', 3, 4}, 0, large, 0, 4);
    assertProblem(413, "64 MB", engineer.postBytes("/api/v1" + path, large));

    Http.Answer ofUnknownLength =
        engineer.send(
            engineer
                .request("/api/v1" + path)
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))));
    assertProblem(413, "64 MB", ofUnknownLength);
  }

  @Test
  void shouldShowTheEvidenceWithItsDigest() {
    Scene.Play play = web.scene.playToApproval(web.scene.request(pipeline()));
    JsonNode shown = engineer.get("/api/v1/approvals/" + play.approvalId).json();
    assertEquals(play.registered().evidenceDigest(), shown.path("digest").asText());
    assertEquals(0.776, shown.path("evidence").path("metrics").path("auc").asDouble());
    assertEquals("ml-leads", shown.path("askedOf").asText());
    assertTrue(
        engineer.get("/api/v1/approvals?state=open").body().contains("\"id\":" + play.approvalId));
    assertProblem(400, "open, approved", engineer.get("/api/v1/approvals?state=odd"));
  }

  @Test
  void shouldSayRecordedWhenNoWorkflowTakesTheDecisionUp() {
    Scene.Play play = web.scene.playToApproval(web.scene.request(pipeline()));
    Http.Answer answer = decide(approver, play, play.registered().evidenceDigest());
    assertEquals(202, answer.status(), answer.body());
    assertEquals("Recorded, taking effect.", answer.json().path("detail").asText());
    assertProblem(409, "already", decide(approver, play, play.registered().evidenceDigest()));
  }

  @Test
  void shouldSayDoneWhenTheWorkflowHasCountedTheDecision() {
    Scene.Play play = web.scene.playToApproval(web.scene.request(pipeline()));
    CompletableFuture<Void> workflow = countTheFirstDecision(play);
    Http.Answer answer = decide(approver, play, play.registered().evidenceDigest());
    workflow.join();
    assertEquals(200, answer.status(), answer.body());
    assertEquals("approved", answer.json().path("approval").path("state").asText());
    assertProblem(
        409,
        "approved already",
        decide(web.client("admin"), play, play.registered().evidenceDigest()));
  }

  /** As the run's workflow would. */
  private static CompletableFuture<Void> countTheFirstDecision(Scene.Play play) {
    return CompletableFuture.runAsync(
        () -> {
          WebFixture.await("a decision is recorded", () -> !decisions(play).isEmpty());
          web.store
              .approvalActivities(web.artifacts)
              .count(play.approvalId, decisions(play).get(0).id());
        });
  }

  private static List<Decision> decisions(Scene.Play play) {
    return web.store.approvals().decisions(play.approvalId);
  }

  @Test
  void shouldRefuseADecisionThatMayNotBe() {
    String name = pipeline();
    long run =
        web.client("admin")
            .post("/api/v1/pipelines/" + name + "/runs", "{}")
            .json()
            .path("id")
            .asLong();
    Scene.Play play = web.scene.playToApproval(run);
    String digest = play.registered().evidenceDigest();
    assertProblem(403, "asked for run", decide(web.client("admin"), play, digest));
    assertProblem(403, "may not decide", decide(web.client("bob"), play, digest));
    assertProblem(409, "look again", decide(approver, play, "0".repeat(64)));
    Http.Answer incomplete =
        approver.post(
            "/api/v1/approvals/" + play.approvalId + "/decisions", "{\"decision\":\"maybe\"}");
    assertProblem(400, "see errors", incomplete);
    assertEquals(3, incomplete.json().path("errors").size());
    assertTrue(web.store.approvals().decisions(play.approvalId).isEmpty());
  }

  private static Http.Answer decide(Http person, Scene.Play play, String digest) {
    return person.post(
        "/api/v1/approvals/" + play.approvalId + "/decisions",
        "{\"decision\":\"approve\",\"reason\":\"good\",\"digest\":\"" + digest + "\"}");
  }

  @Test
  void shouldTellWhatIsLiveAndWhoLetItIn() {
    String name = pipeline();
    Scene.Play play = web.scene.playToLive(web.scene.request(name));
    JsonNode model = engineer.get("/api/v1/models/" + name).json();
    assertEquals(1, model.path("live").path("version").asInt());
    assertEquals(play.approvalId, model.path("live").path("approvalId").asLong());
    assertEquals("live", model.path("versions").path(0).path("alias").asText());
    JsonNode version = engineer.get("/api/v1/models/" + name + "/versions/1").json();
    assertEquals(23_570, version.path("evidence").path("holdoutRows").asInt());
    assertEquals("approved", version.path("approval").path("state").asText());
    assertProblem(404, "no version 9", engineer.get("/api/v1/models/" + name + "/versions/9"));
    assertTrue(engineer.get("/api/v1/models").body().contains(name));

    String history = "/api/v1/models/" + name + "/history";
    assertEquals(1, engineer.get(history).json().path("items").size());
    assertEquals(0, engineer.get(history + "?at=2000-01-01").json().path("items").size());
    assertEquals(1, engineer.get(history + "?at=2999-01-01T00:00:00Z").json().path("items").size());
    assertProblem(400, "ISO 8601", engineer.get(history + "?at=noon"));
  }

  @Test
  void shouldGoBackOnlyToWhatWasLiveBefore() {
    String name = pipeline();
    web.scene.playToLive(web.scene.request(name));
    web.scene.playToLive(web.scene.request(name));
    web.scene.playToApproval(web.scene.request(name));
    String path = "/api/v1/models/" + name + "/rollback";
    assertProblem(403, "never live", engineer.post(path, "{\"to\":3}"));
    assertProblem(409, "live already", engineer.post(path, "{\"to\":2}"));
    assertProblem(403, "an engineer", web.client("viewer").post(path, "{\"to\":1}"));

    CompletableFuture<Void> workflow =
        CompletableFuture.runAsync(
            () -> {
              WebFixture.await("a command is recorded", () -> newest(name).outcome() == null);
              web.scene.carryOut(newest(name).id());
            });
    Http.Answer back = engineer.post(path, "{\"to\":null,\"reason\":\"errors\"}");
    workflow.join();
    assertEquals(200, back.status(), back.body());
    assertEquals("All traffic is back.", back.json().path("detail").asText());
    assertEquals(1, back.json().path("live").path("version").asInt());
    assertEquals(
        3, engineer.get("/api/v1/models/" + name + "/history").json().path("items").size());
  }

  private static dev.airlock.store.ModelCommand newest(String model) {
    return web.store.models().commands(model).get(0);
  }

  @Test
  void shouldListDatasets() {
    String name = pipeline();
    web.scene.playToApproval(web.scene.request(name));
    assertTrue(engineer.get("/api/v1/datasets").body().contains(name + ".orders"));
    JsonNode versions = engineer.get("/api/v1/datasets/" + name + ".orders/versions").json();
    assertEquals(6_919, versions.path("items").path(0).path("rowCount").asInt());
    assertProblem(404, "no dataset", engineer.get("/api/v1/datasets/none/versions"));
  }
}
