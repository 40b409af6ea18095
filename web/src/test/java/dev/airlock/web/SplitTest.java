package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.store.Prediction;
import dev.airlock.store.ServiceSample;
import dev.airlock.workflows.RolloutPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two gateways over one routing while a rollout is under way. */
final class SplitTest {
  private static final int CUSTOMERS = 600;
  private static WebFixture one;
  private static WebFixture other;

  @BeforeAll
  static void start() {
    one = WebFixture.start();
    other = WebFixture.start();
  }

  @AfterAll
  static void stop() {
    one.close();
    other.close();
  }

  private static String liveModel() {
    String model = WebFixture.freshName("split");
    one.scene.publish(model);
    one.scene.playToLive(one.scene.request(model));
    awaitEpoch(model, 1);
    return model;
  }

  private static void awaitEpoch(String model, long epoch) {
    WebFixture.await(
        "all gateways follow epoch " + epoch,
        () -> one.store.gateways().behind(model, epoch).isEmpty());
  }

  private static JsonNode infer(WebFixture web, String model, List<String> customers, String more) {
    double[][] rows = new double[customers.size()][3];
    String names = "\"" + String.join("\",\"", customers) + "\"";
    String body =
        GatewayTest.request(
            rows,
            ","
                + GatewayTest.tensor("customer_id", "BYTES", rows.length, names)
                + more
                + "],\"parameters\":{\"asOf\":\"1998-01-31T00:00:00Z\"}");
    Http.Answer answer = web.client("").post("/v2/models/" + model + "/infer", body);
    assertEquals(200, answer.status(), answer.body());
    return answer.json();
  }

  private static List<String> customers() {
    return IntStream.range(0, CUSTOMERS).mapToObj(i -> "c-" + i).toList();
  }

  private static Set<Integer> candidates(JsonNode answer) {
    Set<Integer> rows = new HashSet<>();
    JsonNode arms = answer.path("parameters").path("arms");
    for (int row = 0; row < arms.size(); row++) {
      boolean isCandidate = arms.path(row).asText().equals("candidate");
      int version = answer.path("parameters").path("versions").path(row).asInt();
      assertEquals(isCandidate ? 2 : 1, version);
      if (isCandidate) {
        rows.add(row);
      }
    }
    return rows;
  }

  @Test
  void shouldKeepEachCustomerWithOneVersionOnEveryGateway() {
    String model = liveModel();
    JsonNode whole = infer(one, model, customers(), "");
    assertEquals("live", whole.path("parameters").path("arm").asText());
    assertFalse(whole.path("parameters").has("arms"), "no split, nothing to say of rows");

    RolloutPlan plan = one.scene.beginCanary(model);
    awaitEpoch(model, one.scene.shift(plan, 1, 30));
    JsonNode split = infer(one, model, customers(), "");
    assertEquals("split", split.path("parameters").path("arm").asText());
    assertEquals("1", split.path("model_version").asText());
    Set<Integer> thirty = candidates(split);
    assertEquals(CUSTOMERS * 0.3, thirty.size(), 60);
    assertEquals(thirty, candidates(infer(other, model, customers(), "")));

    awaitEpoch(model, one.scene.shift(plan, 2, 60));
    Set<Integer> sixty = candidates(infer(other, model, customers(), ""));
    assertTrue(sixty.containsAll(thirty), "a weight that rises moves nobody back");
    assertTrue(sixty.size() > thirty.size());

    String met = "c-" + thirty.iterator().next();
    JsonNode single = infer(one, model, List.of(met), "");
    assertEquals("candidate", single.path("parameters").path("arm").asText());
    assertEquals("2", single.path("model_version").asText());

    awaitEpoch(model, one.scene.shift(plan, 3, 0));
    for (WebFixture web : List.of(one, other)) {
      JsonNode back = infer(web, model, customers(), "");
      assertEquals("live", back.path("parameters").path("arm").asText());
      assertEquals("1", back.path("model_version").asText());
    }
  }

  @Test
  void shouldGiveTheLiveVersionToRowsWithoutACustomer() {
    String model = liveModel();
    RolloutPlan plan = one.scene.beginCanary(model);
    awaitEpoch(model, one.scene.shift(plan, 1, 100));
    String body = GatewayTest.request(new double[2][3], "]");
    JsonNode answer = one.client("").post("/v2/models/" + model + "/infer", body).json();
    assertEquals(Set.of(), candidates(answer));
    assertEquals(Set.of(0), candidates(infer(one, model, List.of("c-1"), "")));
    body =
        GatewayTest.request(
            new double[1][3], "," + GatewayTest.tensor("customer_id", "BYTES", 1, "null") + "]");
    answer = one.client("").post("/v2/models/" + model + "/infer", body).json();
    assertEquals(Set.of(), candidates(answer), "null is no customer");
  }

  @Test
  void shouldCountEachVersionThatARequestHasTouched() {
    String model = liveModel();
    RolloutPlan plan = one.scene.beginCanary(model);
    awaitEpoch(model, one.scene.shift(plan, 1, 30));
    for (int i = 0; i < 5; i++) {
      infer(one, model, customers(), "");
      infer(other, model, customers(), "");
    }
    for (int version : new int[] {1, 2}) {
      WebFixture.await(
          "both gateways' samples of version " + version, () -> requests(model, version) == 10);
      List<ServiceSample> samples = samples(model, version);
      assertEquals(2, samples.stream().map(ServiceSample::gateway).distinct().count());
      assertEquals("1998-01-31", samples.get(0).asOf().toString());
      assertEquals(0, samples.stream().mapToLong(ServiceSample::errors).sum());
    }
    JsonNode shown = one.client("viewer").get("/api/v1/rollouts/" + plan.rolloutId()).json();
    assertEquals(30, shown.path("rollout").path("weight").asInt());
    assertTrue(shown.path("traffic").size() >= 2, shown.toString());
  }

  private static List<ServiceSample> samples(String model, int version) {
    return one.store.service().since(model, version, Instant.EPOCH);
  }

  private static long requests(String model, int version) {
    return samples(model, version).stream().mapToLong(ServiceSample::requests).sum();
  }

  @Test
  void shouldCountNoBadRequestAsAnError() {
    String model = liveModel();
    String bad = GatewayTest.request(new double[][] {{1, 2, Double.NaN}}, "]");
    assertEquals(400, one.client("").post("/v2/models/" + model + "/infer", bad).status());
    infer(one, model, List.of("c-1"), "");
    WebFixture.await("the good one is counted", () -> requests(model, 1) == 1);
    assertEquals(0, samples(model, 1).get(0).errors());
  }

  private static String ids(List<String> ids) {
    return ","
        + GatewayTest.tensor(
            "prediction_id", "BYTES", ids.size(), "\"" + String.join("\",\"", ids) + "\"");
  }

  @Test
  void shouldStoreAPredictionOnceWhenItIsAskedForAgainUnderItsId() {
    String model = liveModel();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(UUID.randomUUID().toString());
    }
    List<String> three = List.of("c-1", "c-2", "c-3");
    for (WebFixture web : List.of(one, other, one)) {
      JsonNode answer = infer(web, model, three, ids(ids));
      for (int i = 0; i < 3; i++) {
        assertEquals(ids.get(i), answer.path("parameters").path("ids").path(i).asText());
      }
    }
    infer(other, model, List.of("last"), "");
    WebFixture.await("all are carried", () -> stored(model) == 4);
    Prediction second = one.store.predictions().find(UUID.fromString(ids.get(1))).orElseThrow();
    assertEquals("c-2", second.subject());
    assertFalse(second.inputs().contains("prediction_id"));
  }

  private static long stored(String model) {
    return one.store.predictions().summary(model).stream()
        .mapToLong(dev.airlock.store.PredictionSummary::count)
        .sum();
  }

  @Test
  void shouldRefuseIdsThatAreNoneOrDouble() {
    String model = liveModel();
    String id = UUID.randomUUID().toString();
    for (List<String> wrong : List.of(List.of(id, id), List.of(id, "1-1-1-1-1"))) {
      String body = GatewayTest.request(new double[2][3], ids(wrong) + "]");
      Http.Answer answer = one.client("").post("/v2/models/" + model + "/infer", body);
      assertEquals(400, answer.status(), answer.body());
      assertTrue(answer.body().contains("prediction_id, row 1"), answer.body());
    }
    assertEquals(0, stored(model));
  }
}
