package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Lists come in parts that hold everything once. */
final class ListsTest {
  private static WebFixture web;
  private static Http viewer;
  private static String name;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    viewer = web.client("viewer");
    name = WebFixture.freshName("listed");
    web.scene.publish(name);
    web.scene.publish(WebFixture.freshName("listed"));
    web.scene.playToLive(web.scene.request(name));
    web.scene.playToApproval(web.scene.request(name));
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static List<String> lists() {
    return List.of(
        "/pipelines",
        "/pipelines/" + name + "/versions",
        "/pipelines/" + name + "/policies",
        "/publications",
        "/backfills",
        "/runs",
        "/approvals",
        "/models",
        "/models/" + name + "/history",
        "/models/" + name + "/predictions",
        "/rollouts",
        "/monitors",
        "/alerts",
        "/pools",
        "/events",
        "/datasets",
        "/datasets/" + name + ".orders/versions",
        "/people",
        "/secrets",
        "/connections",
        "/queues");
  }

  @Test
  void shouldGiveEachListOneByOneAsItGivesItAtOnce() {
    for (String list : lists()) {
      List<JsonNode> whole = new ArrayList<>();
      get(list, "limit=500").path("items").forEach(whole::add);
      List<JsonNode> parts = new ArrayList<>();
      String cursor = "";
      do {
        JsonNode part = get(list, "limit=1" + cursor);
        part.path("items").forEach(parts::add);
        assertTrue(part.path("items").size() <= 1, list);
        cursor = part.path("next").isNull() ? "" : "&cursor=" + part.path("next").asText();
      } while (!cursor.isEmpty());
      assertEquals(whole, parts, list);
      assertEquals(parts.size(), new HashSet<>(parts).size(), list + " gives something twice");
    }
    assertTrue(get("/pipelines", "limit=500").path("items").size() >= 2);
  }

  @Test
  void shouldRefuseACursorThatNoListGave() {
    for (String list : lists()) {
      for (String cursor : List.of("%7Bno", "AAA")) {
        Http.Answer answer = viewer.get("/api/v1" + list + "?cursor=" + cursor);
        assertEquals(400, answer.status(), list + " takes " + cursor + ": " + answer.body());
        assertFalse(answer.body().contains("Exception"));
      }
    }
  }

  private static JsonNode get(String list, String query) {
    Http.Answer answer = viewer.get("/api/v1" + list + "?" + query);
    assertEquals(200, answer.status(), list + ": " + answer.body());
    return answer.json();
  }
}
