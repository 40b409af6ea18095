package dev.airlock.web;

import static dev.airlock.web.Scene.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a run is started with, and is noted by, over REST and by the form. */
final class StartFormTest {

  private static WebFixture web;
  private static Http engineer;
  private static Http browser;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    engineer = web.client("engineer");
    browser = web.signedIn("engineer");
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static String fresh() {
    return WebFixture.freshName("form");
  }

  /** A pipeline whose form has a field of each kind. */
  private static String published() {
    String name = fresh();
    web.store
        .pipelines()
        .publish(Scene.changed(Scene.graph(name)), "c".repeat(64), by("engineer"), "Orders.java");
    return name;
  }

  @Test
  void shouldSayEveryFaultOfAWishAtOnce() {
    String name = published();

    Http.Answer answer =
        engineer.post(
            "/api/v1/pipelines/" + name + "/runs",
            "{\"params\":{\"horizon-days\":3,\"dry\":\"maybe\",\"colour\":\"red\",\"orders\":[]},"
                + "\"logicalDate\":\"soon\",\"tags\":[\"No!\"]}");

    assertEquals(400, answer.status(), answer.body());
    List<String> places = new ArrayList<>();
    answer.json().path("errors").forEach(error -> places.add(error.path("at").asText()));
    assertEquals(
        List.of(
            "logicalDate",
            "params.colour",
            "params.dry",
            "params.horizon-days",
            "params.orders",
            "tags"),
        places.stream().sorted().toList());
    assertTrue(web.store.runs().list(name, null, 9, null).items().isEmpty());
  }

  @Test
  void shouldKeepWhatWasTypedAndSayWhatIsWrongBesideItsField() {
    String name = published();
    String form = browser.get("/pipelines/" + name).body();
    assertTrue(form.contains("type=\"checkbox\""), form);
    assertTrue(form.contains("type=\"date\""), form);
    assertTrue(form.contains("a whole number, 7 to 365; 30 if empty"), form);

    Map<String, String> typed =
        Map.of(
            "csrf", browser.get("/").csrf(),
            "key", name,
            "param.horizon-days", "3000",
            "param.dry", "true",
            "note", "for the board",
            "tags", "nightly black-friday");
    Http.Answer refused = browser.form("/pipelines/" + name + "/runs", typed);
    assertEquals(400, refused.status(), refused.body());
    assertTrue(refused.body().contains("value=\"3000\""), refused.body());
    assertTrue(refused.body().contains("id=\"param-horizon-days-error\""), refused.body());
    assertTrue(refused.body().contains("is 3000; it must be from 7 to 365."), refused.body());
    assertTrue(refused.body().contains("value=\"for the board\""), refused.body());
    assertTrue(refused.body().contains("type=\"checkbox\" value=\"true\" checked"), refused.body());

    Http.Answer started =
        browser.form(
            "/pipelines/" + name + "/runs",
            Map.of(
                "csrf", browser.get("/").csrf(),
                "key", name,
                "param.horizon-days", "60",
                "param.dry", "true",
                "note", "for the board",
                "tags", "nightly black-friday"));
    assertEquals(303, started.status(), started.body());
    String run = browser.get(started.header("Location").replaceAll("\\?.*", "")).body();
    assertTrue(run.contains("“for the board”"), run);
    assertTrue(run.contains("/runs?tag=black-friday"), run);
    assertTrue(browser.get("/runs?tag=black-friday").body().contains(name));
    assertFalse(browser.get("/runs?tag=nothing-has-this").body().contains(name));
  }

  @Test
  void shouldChangeNoteAndTagsOfARun() {
    String name = fresh();
    web.scene.publish(name);
    long run = web.scene.request(name);

    Http.Answer changed =
        engineer.method(
            "PATCH", "/api/v1/runs/" + run, "{\"note\":\"The good one.\",\"tags\":[\"kept\"]}");
    assertEquals(200, changed.status(), changed.body());
    JsonNode shown = engineer.get("/api/v1/runs/" + run).json();
    assertEquals("The good one.", shown.path("note").asText());
    assertEquals("kept", shown.path("tags").path(0).asText());
    assertEquals(
        run,
        engineer.get("/api/v1/runs?tag=kept").json().path("items").path(0).path("id").asLong());
    assertEquals(400, engineer.method("PATCH", "/api/v1/runs/" + run, "{}").status());
    assertEquals(
        400,
        engineer.method("PATCH", "/api/v1/runs/" + run, "{\"tags\":[\"Not a tag\"]}").status());
    assertEquals(404, engineer.method("PATCH", "/api/v1/runs/9999999", "{\"note\":\"\"}").status());
    assertEquals(
        403,
        web.client("viewer").method("PATCH", "/api/v1/runs/" + run, "{\"note\":\"\"}").status());

    Http.Answer form =
        browser.form(
            "/runs/" + run + "/words",
            Map.of("csrf", browser.get("/").csrf(), "note", "Better still.", "tags", "kept, new"));
    assertEquals(303, form.status(), form.body());
    assertEquals(List.of("kept", "new"), web.store.runs().find(run).orElseThrow().tags());
  }
}
