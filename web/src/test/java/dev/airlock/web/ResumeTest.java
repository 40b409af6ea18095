package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class ResumeTest {
  private static WebFixture web;
  private static String name;
  private static Http engineer;
  private static Http browser;
  private static Scene.Play done;
  private static Scene.Play open;

  @BeforeAll
  static void start() {
    web = WebFixture.start(0, true);
    name = WebFixture.freshName("resume");
    web.scene.publish(name);
    done = web.scene.playToLive(web.scene.request(name));
    open = web.scene.playToApproval(web.scene.request(name));
    engineer = web.client("engineer");
    browser = web.signedIn("engineer");
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static String resume(Scene.Play play) {
    return "/api/v1/runs/" + play.run.id() + "/resume";
  }

  private static JsonNode stage(JsonNode stages, String key, String name) {
    for (JsonNode stage : stages) {
      if (stage.path(key).asText().equals(name)) {
        return stage;
      }
    }
    throw new AssertionError("no stage " + name);
  }

  @Test
  void shouldAnswerThePlanAndStartNothing() {
    for (String path : new String[] {resume(done) + "/plan", resume(done) + "?dryRun=true"}) {
      Http.Answer plan = engineer.post(path, "{\"from\":\"judge\"}");
      assertEquals(200, plan.status(), plan.body());
      JsonNode stages = plan.json().path("plan").path("stages");
      assertEquals("run", stage(stages, "stage", "judge").path("action").asText());
      assertEquals("chosen", stage(stages, "stage", "judge").path("why").asText());
      assertEquals("reuse", stage(stages, "stage", "features").path("action").asText());
      assertEquals("same", plan.json().path("code").asText());
    }
    assertEquals(0, engineer.get("/api/v1/runs/" + open.run.id()).json().path("children").size());
  }

  @Test
  void shouldMakeOneRunWithAParentHoweverOftenItIsAsked() {
    String wish =
        "{\"from\":[\"features\"],\"code\":\"latest\",\"params\":{\"horizon-days\":60},\"idempotencyKey\":\"once\"}";
    Http.Answer first = engineer.post(resume(done), wish);
    Http.Answer again = engineer.post(resume(done), wish);

    assertEquals(201, first.status(), first.body());
    assertEquals(done.run.id(), first.json().path("parent").asLong());
    long id = first.json().path("id").asLong();
    assertEquals(id, again.json().path("id").asLong());
    assertFalse(again.json().path("isNew").asBoolean());
    JsonNode run = engineer.get("/api/v1/runs/" + id).json();
    assertEquals(done.run.id(), run.path("parent").asLong());
    assertEquals("resume", run.path("triggeredBy").asText());
    assertEquals("engineer", run.path("requestedBy").asText());
    assertEquals("60", run.path("params").path("horizon-days").asText());
    JsonNode orders = stage(run.path("stages"), "name", "orders").path("reuse").path(0);
    assertEquals(done.run.id(), orders.path("madeBy").asLong());
    JsonNode parent = engineer.get("/api/v1/runs/" + done.run.id()).json();
    assertTrue(parent.path("children").toString().contains(Long.toString(id)));
  }

  @Test
  void shouldSayWhyNotWhenItCanNotBeResumed() {
    assertEquals(409, engineer.post(resume(open), "{}").status());
    assertTrue(engineer.post(resume(open), "{}").body().contains("cancel it, or wait"));
    Http.Answer idle = engineer.post(resume(done), "");
    assertEquals(409, idle.status(), idle.body());
    assertTrue(idle.body().contains("Name the stage"), idle.body());
    Http.Answer wrong =
        engineer.post(resume(done), "{\"from\":\"jugde\",\"params\":{\"horizon-days\":3}}");
    assertEquals(400, wrong.status(), wrong.body());
    assertEquals(2, wrong.json().path("errors").size(), wrong.body());
    assertEquals(400, engineer.post(resume(done), "{\"code\":\"newest\"}").status());
    assertEquals(400, engineer.post(resume(done), "{\"from\":7}").status());
    assertEquals(404, engineer.post("/api/v1/runs/99999999/resume", "{}").status());
    assertEquals(403, web.client("viewer").post(resume(done), "{}").status());
  }

  @Test
  void shouldShowThePlanOnAPageBeforeTheButton() {
    String run = browser.get("/runs/" + done.run.id()).body();
    assertTrue(run.contains("/runs/" + done.run.id() + "/resume"), run);
    assertFalse(browser.get("/runs/" + open.run.id()).body().contains("/resume\""));

    String page = "/runs/" + done.run.id() + "/resume";
    Http.Answer asked = browser.get(page + "?from=judge&code=same&param.horizon-days=60");
    assertEquals(200, asked.status(), asked.body());
    assertTrue(asked.body().contains("chosen"), asked.body());
    assertTrue(asked.body().contains("Resume by this plan"), asked.body());
    assertTrue(browser.get(page).body().contains("Choose a stage to run again from"));
    assertTrue(browser.get(page + "?from=nowhere").body().contains("There is no stage"));

    Http.Answer started =
        browser.form(
            page,
            Map.of(
                "csrf", browser.get("/").csrf(), "key", "page", "from", "judge", "code", "same"));
    assertEquals(303, started.status(), started.body());
    String child = browser.get(started.header("Location") + "&stage=orders").body();
    assertTrue(child.contains("Resumes <a href=\"/runs/" + done.run.id() + "\">"), child);
    assertTrue(child.contains("Taken from"), child);
    assertTrue(browser.get("/runs/" + done.run.id()).body().contains("Resumed by"));
  }
}
