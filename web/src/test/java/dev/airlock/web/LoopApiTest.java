package dev.airlock.web;

import static dev.airlock.web.Scene.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Alerts;
import dev.airlock.store.HaltPoint;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.NewRun;
import dev.airlock.store.Prediction;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.RolloutPlan;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What REST tells of a live model, and what people do about it. */
final class LoopApiTest {
  private static final Instant JANUARY = Instant.parse("1998-01-31T00:00:00Z");
  private static WebFixture web;
  private static Http engineer;
  private static Http viewer;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    engineer = web.client("engineer");
    viewer = web.client("viewer");
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static String liveModel() {
    String model = WebFixture.freshName("loop");
    web.scene.publish(model);
    web.scene.playToLive(web.scene.request(model));
    return model;
  }

  private static void assertProblem(int status, String says, Http.Answer answer) {
    assertEquals(status, answer.status(), answer.body());
    assertEquals("application/problem+json", answer.header("Content-Type").replaceAll(";.*", ""));
    assertTrue(answer.body().contains(says), answer.body());
  }

  private static List<UUID> predictions(String model, int number) {
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      predictions.add(
          new Prediction(UUID.randomUUID(), model, 1, JANUARY, Instant.now(), 0.5, "c", "{}"));
    }
    web.store.predictions().store(predictions);
    return predictions.stream().map(Prediction::id).toList();
  }

  private static String label(Object id, String at) {
    return "{\"predictionId\":\"%s\",\"label\":1,\"value\":12.5,\"at\":\"%s\"}".formatted(id, at);
  }

  private static Http.Answer feedback(String... items) {
    return engineer.post("/api/v1/feedback", "[" + String.join(",", items) + "]");
  }

  @Test
  void shouldAnswerEachLabelInTheOrderInWhichItCame() {
    List<UUID> ids = predictions(liveModel(), 4);
    String mature = "1998-05-01T00:00:00Z";
    Http.Answer answer =
        feedback(
            label(ids.get(0), mature),
            label(ids.get(1), "1998-04-30T00:00:00Z"),
            "{\"predictionId\":\"x\",\"label\":1,\"at\":\"" + mature + "\"}",
            label(UUID.randomUUID(), mature),
            label(ids.get(0), mature),
            label(ids.get(2), "1998-12-31"),
            "{\"predictionId\":\"" + ids.get(3) + "\",\"label\":\"yes\",\"at\":\"noon\"}",
            "7");
    assertEquals(202, answer.status(), answer.body());
    JsonNode json = answer.json();
    List<String> states = new ArrayList<>();
    json.path("items").forEach(item -> states.add(item.path("state").asText()));
    assertEquals(
        List.of(
            "counted",
            "too-early",
            "invalid",
            "unknown",
            "duplicate",
            "late",
            "invalid",
            "invalid"),
        states);
    assertEquals(1, json.path("counted").asInt());
    assertEquals(1, json.path("tooEarly").asInt());
    assertEquals(3, json.path("invalid").asInt());
    assertTrue(json.path("items").path(1).path("detail").asText().contains("1998-05-01"), "when");
    assertTrue(json.path("items").path(2).path("detail").asText().contains("[2].predictionId"));
    assertTrue(json.path("items").path(6).path("detail").asText().contains("[6].label"));
    assertEquals(ids.get(3).toString(), json.path("items").path(6).path("predictionId").asText());

    JsonNode again = feedback(label(ids.get(0), mature), label(ids.get(2), "1998-12-31")).json();
    assertEquals(2, again.path("duplicate").asInt(), again.toString());
  }

  @Test
  void shouldTakeAHundredThousandLabelsAtOnceAndNotOneMore() {
    List<UUID> ids = predictions(liveModel(), 100_000);
    StringBuilder body = new StringBuilder("[");
    ids.forEach(id -> body.append(label(id, "1998-05-02T00:00:00Z")).append(','));
    String items = body.substring(0, body.length() - 1);
    JsonNode json = engineer.post("/api/v1/feedback", items + "]").json();
    assertEquals(100_000, json.path("counted").asInt());
    assertEquals(100_000, json.path("items").size());
    assertProblem(413, "100,000", engineer.post("/api/v1/feedback", items + ",7]"));
  }

  @Test
  void shouldCountNothingOfABodyThatIsNoArray() {
    List<UUID> ids = predictions(liveModel(), 1);
    String one = label(ids.get(0), "1998-05-02");
    assertProblem(400, "no array", engineer.post("/api/v1/feedback", "{}"));
    assertProblem(400, "no array", engineer.post("/api/v1/feedback", ""));
    assertProblem(400, "line 1", engineer.post("/api/v1/feedback", "[" + one + ","));
    assertProblem(
        413, "32 MB", engineer.post("/api/v1/feedback", "[\"" + "x".repeat(32 << 20) + "\"]"));
    for (String longer :
        List.of(
            label("x".repeat(1_001), "1998-05-02"),
            label(ids.get(0), "y".repeat(20 << 20)),
            "{\"" + "z".repeat(1_001) + "\":1}",
            "{\"label\":" + "1".repeat(1_001) + "}")) {
      assertProblem(
          400,
          "longer than 1,000 characters",
          engineer.post("/api/v1/feedback", "[" + longer + "]"));
    }
    assertEquals(
        "x".repeat(1_000),
        feedback(label("x".repeat(1_000), "1998-05-02"))
            .json()
            .path("items")
            .path(0)
            .path("predictionId")
            .asText());
    assertProblem(403, "an engineer", viewer.post("/api/v1/feedback", "[]"));
    assertEquals(1, feedback(one).json().path("counted").asInt());
    assertEquals(0, feedback().json().path("items").size());
  }

  @Test
  void shouldNameEveryFaultOfAWishForARollout() {
    String path = "/api/v1/models/" + liveModel() + "/rollouts";
    Http.Answer answer =
        engineer.post(
            path,
            """
            {"steps":[{"weight":5,"hold":"soon"},null,{"weight":100}],
             "promoteWhile":[{"figure":"auc","atMost":0.7},{"figure":"error_rate","atLeast":0.1},null]}
            """);
    assertProblem(400, "steps[0].hold", answer);
    assertEquals(6, answer.json().path("errors").size(), answer.body());
    String wish =
        "{\"version\":%d,\"steps\":[%s],\"promoteWhile\":[{\"figure\":\"error_rate\",\"atMost\":0.01}]}";
    String steps = "{\"weight\":5,\"hold\":\"PT30M\"},{\"weight\":100}";
    assertProblem(404, "version 9", engineer.post(path, wish.formatted(9, steps)));
    assertProblem(409, "live already", engineer.post(path, wish.formatted(1, steps)));
    assertProblem(400, "weight 100", engineer.post(path, wish.formatted(1, "{\"weight\":70}")));
    assertProblem(400, "start lower", engineer.post(path, wish.formatted(1, "{\"weight\":100}")));
    assertProblem(403, "approver or an admin", viewer.post(path, "{}"));
    assertProblem(404, "no model", engineer.post("/api/v1/models/none/rollouts", "{}"));
  }

  @Test
  void shouldListARolloutAndAnswerWhoeverSteersIt() {
    String model = liveModel();
    RolloutPlan plan = web.scene.beginCanary(model);
    web.scene.shift(plan, 1, 30);
    String list = "/api/v1/rollouts?model=" + model;
    assertEquals(1, viewer.get(list + "&state=active").json().path("items").size());
    assertEquals(0, viewer.get(list + "&state=promoted").json().path("items").size());
    assertEquals(
        "progressing", viewer.get(list).json().path("items").path(0).path("state").asText());
    assertProblem(400, "rolled-back", viewer.get(list + "&state=odd"));
    JsonNode shown = viewer.get("/api/v1/rollouts/" + plan.rolloutId()).json();
    assertEquals("PT30M", shown.path("rollout").path("steps").path(0).path("hold").asText());
    assertEquals(30, shown.path("shifts").path(0).path("weight").asInt());
    assertProblem(404, "no rollout", viewer.get("/api/v1/rollouts/999999999"));
    String pause = "/api/v1/rollouts/" + plan.rolloutId() + "/pause";
    assertProblem(403, "an engineer", viewer.post(pause, "{}"));
    assertProblem(400, "NUL", engineer.post(pause, "{\"reason\":\"\\u0000\"}"));

    CompletableFuture<Void> workflow =
        CompletableFuture.runAsync(
            () -> {
              WebFixture.await("it is asked", () -> !controls(plan).isEmpty());
              web.store
                  .rolloutActivities(HaltPoint.NONE)
                  .settle(controls(plan).get(0).id(), true, "Paused at 30 %.");
            });
    Http.Answer answer = engineer.post(pause, "{\"reason\":\"Let us look.\"}");
    workflow.join();
    assertEquals(200, answer.status(), answer.body());
    assertEquals("pause", answer.json().path("kind").asText());
    assertEquals("Paused at 30 %.", answer.json().path("answer").asText());
    assertEquals(RolloutControl.Kind.PAUSE, controls(plan).get(0).kind());
  }

  private static List<dev.airlock.store.RolloutDetail.Control> controls(RolloutPlan plan) {
    return web.store.rollouts().controls(plan.rolloutId());
  }

  @Test
  void shouldLetNoMoreTrafficRiseOnceTheApprovalIsTakenBack() {
    String model = liveModel();
    RolloutPlan plan = web.scene.beginCanary(model);
    web.scene.shift(plan, 1, 30);
    long approval = web.store.approvals().ofVersion(model, plan.version()).orElseThrow().id();
    String revoke = "/api/v1/approvals/" + approval + "/revoke";
    Http approver = web.client("approver");
    assertProblem(400, "reason", approver.post(revoke, "{}"));
    assertProblem(403, "approver or an admin", engineer.post(revoke, "{\"reason\":\"no\"}"));
    assertProblem(403, "may not revoke", web.client("bob").post(revoke, "{\"reason\":\"no\"}"));
    Http.Answer answer = approver.post(revoke, "{\"reason\":\"The amounts are in cents.\"}");
    assertEquals(200, answer.status(), answer.body());
    assertEquals("approver", answer.json().path("revokedBy").asText());
    assertProblem(409, "revoked", approver.post(revoke, "{\"reason\":\"again\"}"));
    assertFalse(
        web.store.rolloutActivities(HaltPoint.NONE).shiftTo(plan.rolloutId(), 2, 1, 60, "up")
            instanceof dev.airlock.workflows.RolloutShift.Shifted);
  }

  private static long monitor(String model) {
    Work.Monitor spec =
        new Work.Monitor(
            Setting.of("PT6H"),
            Period.ofMonths(1),
            500,
            List.of(
                new RuleSpec(
                    new dev.airlock.dsl.graph.Condition.OfSignal(
                        Signal.PSI, Comparison.AT_LEAST, 0.2),
                    1,
                    null,
                    RuleSpec.Consequence.OPEN_TICKET,
                    null)));
    Scene.Play play = web.scene.play(web.scene.request(model));
    return web.store
        .monitors()
        .install(play.task("go-live", Map.of()), model, spec, Duration.ofHours(6));
  }

  private static void measure(long monitor, long check, String opens, String closes, double psi) {
    web.store
        .monitors()
        .keep(
            new MonitorWindow(
                monitor,
                1,
                Instant.parse(opens),
                Instant.parse(closes),
                "drift",
                true,
                23_570,
                Map.of("psi", psi),
                "{\"features\":{\"log_recency\":{\"psi\":%s,\"bins\":10}},\"score\":{\"psi\":0.1}}"
                    .formatted(psi),
                check,
                Instant.now()));
  }

  @Test
  void shouldShowAMonitorWithItsRulesAndWhatItHasSeen() {
    String model = liveModel();
    long id = monitor(model);
    String path = "/api/v1/monitors/" + id;
    assertTrue(viewer.get("/api/v1/monitors").body().contains(model));
    String listed = "/api/v1/monitors?model=" + model;
    assertTrue(viewer.get(listed).json().at("/items/0/lastAsOf").isNull());
    assertProblem(404, "No drift", viewer.get("/api/v1/drift?model=" + model));
    assertProblem(400, "asOf", engineer.post(path + "/checks", "{}"));
    assertProblem(
        400, "a day ahead", engineer.post(path + "/checks", "{\"asOf\":\"2999-01-01T00:00:00Z\"}"));
    assertProblem(
        400, "a version", viewer.get("/api/v1/drift?model=" + model + "&version=4294967297"));
    assertProblem(400, "NUL", viewer.get("/api/v1/alerts?model=%00"));
    CompletableFuture<Void> worker =
        CompletableFuture.runAsync(
            () -> {
              WebFixture.await("it is asked", () -> !web.store.monitors().checks(id, 1).isEmpty());
              long check = web.store.monitors().checks(id, 1).get(0).id();
              measure(id, check, "1998-01-01T00:00:00Z", "1998-02-01T00:00:00Z", 0.31);
              measure(id, check, "1998-02-01T00:00:00Z", "1998-03-01T00:00:00Z", 0.42);
              web.store.monitors().conclude(check, web.store.monitors().memories(model), List.of());
            });
    Http.Answer checked = engineer.post(path + "/checks", "{\"asOf\":\"1998-04-01\"}");
    worker.join();
    assertEquals(200, checked.status(), checked.body());
    assertEquals("done", checked.json().path("state").asText());
    assertEquals(
        "1998-04-01T00:00:00Z", viewer.get(listed).json().at("/items/0/lastAsOf").asText());
    assertEquals(
        "engineer",
        viewer
            .get(path + "/checks/" + checked.json().path("id"))
            .json()
            .path("requestedBy")
            .asText());

    JsonNode shown = viewer.get(path).json();
    assertEquals(model, shown.path("model").asText());
    assertEquals(2, shown.path("windows").size());
    assertEquals(
        0.31,
        shown
            .path("windows")
            .path(0)
            .path("detail")
            .path("features")
            .path("log_recency")
            .path("psi")
            .asDouble());
    assertEquals(1, shown.path("rules").size(), shown.toString());
    assertEquals("PT6H", shown.path("every").asText());

    JsonNode drift = viewer.get("/api/v1/drift?model=" + model).json();
    assertEquals(0.42, drift.path("features").path("log_recency").path("psi").asDouble());
    drift = viewer.get("/api/v1/drift?model=" + model + "&window=1998-01-01").json();
    assertEquals(0.31, drift.path("features").path("log_recency").path("psi").asDouble());
    assertEquals("1998-02-01T00:00:00Z", drift.path("window").path("closes").asText());

    assertTrue(
        engineer.method("PATCH", path, "{\"paused\":true}").json().path("paused").asBoolean());
    assertProblem(403, "an engineer", viewer.method("PATCH", path, "{\"paused\":false}"));
    assertProblem(404, "no monitor", viewer.get("/api/v1/monitors/999999999"));
  }

  @Test
  void shouldAcknowledgeAnAlertAndListThemInParts() {
    String model = liveModel();
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(
          web.store
              .alerts()
              .open(
                  new Alerts.NewAlert(
                      model,
                      null,
                      null,
                      model + "/" + i,
                      "open-ticket",
                      "PSI 0.3",
                      Map.of("psi", 0.3),
                      JANUARY))
              .id());
    }
    String path = "/api/v1/alerts/" + ids.get(2);
    assertProblem(403, "an engineer", viewer.post(path + "/acknowledge", "{}"));
    Http.Answer answer = web.client("approver").post(path + "/acknowledge", "{}");
    assertEquals("acknowledged", answer.json().path("state").asText(), answer.body());
    assertEquals("approver", viewer.get(path).json().path("acknowledgedBy").asText());

    String list = "/api/v1/alerts?state=open&limit=2&model=" + model;
    JsonNode first = viewer.get(list).json();
    assertEquals(2, first.path("items").size());
    JsonNode rest = viewer.get(list + "&cursor=" + first.path("next").asText()).json();
    assertEquals(ids.get(0), rest.path("items").path(0).path("id").asLong());
    assertTrue(rest.path("next").isNull());
    assertProblem(400, "open, acknowledged", viewer.get("/api/v1/alerts?state=odd"));
    assertProblem(404, "no alert", viewer.get("/api/v1/alerts/999999999"));
  }

  @Test
  void shouldSayWhatHasStartedARun() {
    String model = liveModel();
    long run =
        web.store
            .runs()
            .request(
                new NewRun(
                    model,
                    Map.of(),
                    JANUARY,
                    by("engineer"),
                    "monitor",
                    "",
                    "{\"kind\":\"monitor\",\"rule\":1,\"figures\":{\"brier_skill\":0.04}}",
                    null))
            .id();
    JsonNode shown = viewer.get("/api/v1/runs/" + run).json();
    assertEquals(0.04, shown.path("trigger").path("figures").path("brier_skill").asDouble());
    assertFalse(shown.has("triggerDetail"));
  }
}
