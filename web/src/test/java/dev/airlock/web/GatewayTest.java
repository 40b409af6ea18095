package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.store.Prediction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class GatewayTest {
  private static WebFixture web;
  private static Http client;
  private static String name;
  private static Scene.Play live;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    client = web.client("");
    name = WebFixture.freshName("gateway");
    web.scene.publish(name);
    live = web.scene.playToLive(web.scene.request(name));
    awaitLive(name, 1);
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static void awaitLive(String model, int version) {
    WebFixture.await(
        model + " v" + version + " is live",
        () -> {
          Http.Answer answer = client.get("/v2/models/" + model);
          return answer.status() == 200
              && answer.json().path("versions").path(0).asText().equals("" + version);
        });
  }

  static String request(double[][] rows, String more) {
    StringBuilder inputs = new StringBuilder();
    for (int f = 0; f < Scene.FEATURES.size(); f++) {
      List<String> column = new ArrayList<>();
      for (double[] row : rows) {
        column.add(Double.toString(row[f]));
      }
      inputs.append(inputs.isEmpty() ? "" : ",");
      inputs.append(tensor(Scene.FEATURES.get(f), "FP64", rows.length, String.join(",", column)));
    }
    return "{\"inputs\":[" + inputs + more + "}";
  }

  static String tensor(String name, String type, int rows, String data) {
    return "{\"name\":\"%s\",\"shape\":[%d],\"datatype\":\"%s\",\"data\":[%s]}"
        .formatted(name, rows, type, data);
  }

  private static Http.Answer infer(String body) {
    return client.post("/v2/models/" + name + "/infer", body);
  }

  @Test
  void shouldAnswerTheVeryScoresOfTheModel() {
    Random random = new Random(7);
    double[][] rows = new double[500][3];
    for (double[] row : rows) {
      for (int f = 0; f < row.length; f++) {
        row[f] = random.nextGaussian() * 3;
      }
    }
    JsonNode answer = infer(request(rows, "]")).json();
    assertEquals(name, answer.path("model_name").asText());
    assertEquals("1", answer.path("model_version").asText());
    assertEquals("live", answer.path("parameters").path("arm").asText());
    assertEquals(500, answer.path("parameters").path("ids").size());
    JsonNode output = answer.path("outputs").path(0);
    assertEquals("score", output.path("name").asText());
    assertEquals("FP64", output.path("datatype").asText());
    ScoringModel model = ScoringModel.read(web.artifacts.get(live.registered().artifactDigest()));
    for (int row = 0; row < rows.length; row++) {
      assertEquals(model.score(rows[row]), output.path("data").path(row).asDouble(), 0.0);
    }
  }

  @Test
  void shouldStoreEachPredictionWithItsEventTimeAndEntity() {
    String body =
        request(
            new double[][] {{1, 2, 3}, {4, 5, 6}},
            ","
                + tensor("customer_id", "BYTES", 2, "\"c-1\",\"c-2\"")
                + "],\"parameters\":{\"asOf\":\"1998-01-31T00:00:00Z\"},\"id\":\"mine\"");
    Http.Answer answer = infer(body);
    assertEquals(200, answer.status(), answer.body());
    assertEquals("mine", answer.json().path("id").asText());
    UUID id = UUID.fromString(answer.json().path("parameters").path("ids").path(1).asText());
    WebFixture.await("it is stored", () -> web.store.predictions().find(id).isPresent());
    Prediction stored = web.store.predictions().find(id).orElseThrow();
    assertEquals("c-2", stored.subject());
    assertEquals(Instant.parse("1998-01-31T00:00:00Z"), stored.asOf());
    assertEquals(1, stored.version());
    assertEquals(
        answer.json().path("outputs").path(0).path("data").path(1).asDouble(), stored.score());
    assertTrue(stored.inputs().contains("\"log_frequency\""), stored.inputs());

    JsonNode days = web.client("viewer").get("/api/v1/models/" + name + "/predictions").json();
    assertTrue(days.path("items").toString().contains("1998-01-31"), days.toString());
  }

  @Test
  void shouldTakeNumbersAsEntityWhenTheyAreNamed() {
    String body =
        request(
            new double[][] {{1, 2, 3}},
            ","
                + tensor("customer_id", "INT64", 1, "42")
                + "],\"parameters\":{\"entity\":\"customer_id\"}");
    JsonNode answer = infer(body).json();
    UUID id = UUID.fromString(answer.path("id").asText());
    WebFixture.await("it is stored", () -> web.store.predictions().find(id).isPresent());
    assertEquals("42", web.store.predictions().find(id).orElseThrow().subject());
  }

  private static void assertRefused(String says, String body) {
    Http.Answer answer = infer(body);
    assertEquals(400, answer.status(), answer.body());
    assertTrue(answer.header("Content-Type").startsWith("application/problem+json"));
    assertTrue(answer.body().contains(says), answer.body());
    assertEquals(answer.json().path("detail"), answer.json().path("error"));
  }

  @Test
  void shouldNameEveryFaultOfARequest() {
    assertRefused("line 1, column", "{\"inputs\":[}");
    assertRefused("inputs is wrong", "{\"inputs\":7}");
    assertRefused("has no inputs", "{}");
    assertRefused(
        "log_spend missing",
        "{\"inputs\":["
            + tensor("log_recency", "FP64", 1, "1")
            + ","
            + tensor("log_frequency", "FP64", 1, "1")
            + "]}");
    assertRefused(
        "tenure unknown; leave it out",
        request(new double[][] {{1, 2, 3}}, "," + tensor("tenure", "FP64", 1, "1") + "]"));
    assertRefused(
        "log_spend, row 1 is NaN", request(new double[][] {{1, 2, 3}, {1, 2, Double.NaN}}, "]"));
    assertRefused(
        "parameters.asOf is 'noon'",
        request(new double[][] {{1, 2, 3}}, "],\"parameters\":{\"asOf\":\"noon\"}"));
    assertRefused(
        "second text input",
        request(
            new double[][] {{1, 2, 3}},
            "," + tensor("a", "BYTES", 1, "\"x\"") + "," + tensor("b", "BYTES", 1, "\"y\"") + "]"));
    assertRefused(
        "no such input",
        request(new double[][] {{1, 2, 3}}, "],\"parameters\":{\"entity\":\"who\"}"));
    assertRefused(
        "one value a row",
        "{\"inputs\":["
            + tensor("log_recency", "FP64", 1, "1")
            + ","
            + tensor("log_frequency", "FP64", 2, "1,2")
            + ","
            + tensor("log_spend", "FP64", 1, "1")
            + "]}");
    assertRefused(
        "has datatype 'TEXT'",
        "{\"inputs\":["
            + tensor("log_recency", "TEXT", 1, "1")
            + ","
            + tensor("log_frequency", "FP64", 1, "2")
            + ","
            + tensor("log_spend", "FP64", 1, "1")
            + "]}");
    assertRefused(
        "one tensor a feature",
        "{\"inputs\":[{\"name\":\"inputs\",\"shape\":[1,3],\"datatype\":\"FP64\",\"data\":[[1,2,3]]}]}");
    assertRefused("have no rows", request(new double[0][3], "]"));

    Http.Answer two =
        infer(request(new double[][] {{Double.NaN, 2, Double.POSITIVE_INFINITY}}, "]"));
    assertEquals(2, two.json().path("errors").size(), two.body());
  }

  private static String withEntity(String json) {
    return request(new double[][] {{1, 2, 3}}, "," + tensor("customer_id", "BYTES", 1, json) + "]");
  }

  private static String asOf(String moment) {
    return request(new double[][] {{1, 2, 3}}, "],\"parameters\":{\"asOf\":\"" + moment + "\"}");
  }

  @Test
  void shouldRefuseWhatPostgresWouldNotStore() {
    assertRefused("inputs[3].data[0] holds a NUL character", withEntity("\"c\\u0000\""));
    assertRefused("inputs[3].data[0] holds half a surrogate", withEntity("\"c\\ud800\""));
    assertRefused("inputs[3].data[0] holds half a surrogate", withEntity("\"\\udc00c\""));
    assertRefused(
        "inputs[3].data[0] has 201 characters, expected at most 200",
        withEntity("\"" + "c".repeat(201) + "\""));
    assertRefused(
        "id holds half a surrogate", request(new double[][] {{1, 2, 3}}, "],\"id\":\"\\ud800\""));
    for (String moment :
        List.of(
            "-0001-01-01T00:00:00Z",
            "0000-12-31T23:59:59Z",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "+10000-01-01T00:00:00Z",
            "+999999999-01-01T00:00:00Z")) {
      assertRefused("expected a moment in the years 0001 to 9999", asOf(moment));
    }
  }

  @Test
  void shouldStoreWhatIsJustWithinTheBounds() {
    for (String body :
        List.of(
            withEntity("\"" + "c".repeat(200) + "\""),
            withEntity("\"\\ud83d\\ude00\""),
            asOf("0001-01-01T00:00:00Z"),
            asOf("9999-12-31T23:59:59.999999999Z"))) {
      Http.Answer answer = infer(body);
      assertEquals(200, answer.status(), answer.body());
      UUID id = UUID.fromString(answer.json().path("id").asText());
      WebFixture.await("it is stored", () -> web.store.predictions().find(id).isPresent());
    }
  }

  @Test
  void shouldTellWhenNothingIsLive() {
    Http.Answer answer =
        client.post("/v2/models/nothing/infer", request(new double[][] {{1, 2, 3}}, "]"));
    assertEquals(404, answer.status());
    assertTrue(answer.body().contains("No version of 'nothing' is live"));
    assertEquals(404, client.get("/v2/models/nothing/ready").status());
    assertEquals(200, client.get("/v2/models/" + name + "/ready").status());
    assertEquals(200, client.get("/v2/health/live").status());
    JsonNode metadata = client.get("/v2/models/" + name).json();
    assertEquals("log_recency", metadata.path("inputs").path(0).path("name").asText());
  }

  @Test
  void shouldServeTheNewVersionOnlyOnceItHasAcknowledged() {
    String model = WebFixture.freshName("shift");
    web.scene.publish(model);
    web.scene.playToLive(web.scene.request(model));
    awaitLive(model, 1);
    String body = request(new double[][] {{1, 2, 3}}, "]");
    AtomicBoolean isShifted = new AtomicBoolean();
    AtomicBoolean isOver = new AtomicBoolean();
    CompletableFuture<Integer> traffic =
        CompletableFuture.supplyAsync(
            () -> {
              int old = 0;
              while (!isOver.get()) {
                boolean acknowledged = isShifted.get();
                Http.Answer answer = client.post("/v2/models/" + model + "/infer", body);
                assertEquals(200, answer.status(), answer.body());
                boolean isOld = answer.json().path("model_version").asText().equals("1");
                assertFalse(acknowledged && isOld, "an old version answered after the shift");
                old += isOld ? 1 : 0;
              }
              return old;
            });
    web.scene.playToLive(web.scene.request(model));
    WebFixture.await(
        "the gateway acknowledges", () -> web.store.gateways().behind(model, 2).isEmpty());
    isShifted.set(true);
    awaitLive(model, 2);
    isOver.set(true);
    traffic.join();
  }
}
