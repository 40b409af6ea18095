package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.PostgresServer;
import dev.airlock.store.Acting;
import dev.airlock.store.Origin;
import dev.airlock.store.Role;
import dev.airlock.workflows.RolloutPlan;
import dev.airlock.workflows.RunState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What belongs to a team is steered by its members, and pages show nobody else a button for it. */
final class OwnersTest {
  /** The owner of the scene's pipelines; {@code viewer} is its only member. */
  private static final String TEAM = "growth-ml";

  private static WebFixture web;

  @BeforeAll
  static void start() {
    web = WebFixture.over(PostgresServer.temporary());
    Acting admin = Acting.within("admin", Origin.Channel.WEB);
    web.store.membership().change("viewer", Role.VIEWER, List.of(TEAM), "one of them", admin);
    web.store.membership().change("engineer", Role.ENGINEER, List.of("others"), "", admin);
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  /** A model that is live, of a pipeline of the same name. */
  private static String live() {
    String model = WebFixture.freshName("owned");
    web.scene.publish(model);
    web.scene.playToLive(web.scene.request(model));
    return model;
  }

  private static String publish() {
    String pipeline = WebFixture.freshName("other");
    web.scene.publish(pipeline);
    return pipeline;
  }

  private static List<String> pipelines(String model) {
    return web.store.ownership().pipelines(model).stream().map(row -> row.pipeline()).toList();
  }

  @Test
  void shouldLetAnAdminSayByRestWhichPipelinesRegister() {
    String model = live();
    String other = publish();
    String path = "/api/v1/models/" + model + "/pipelines";
    String wish = "{\"pipeline\": \"%s\", \"reason\": \"Taken over\"}".formatted(other);

    Http.Answer refused = web.client("engineer").post(path, wish);
    assertEquals(403, refused.status());
    assertTrue(refused.body().contains("an admin or one of " + TEAM), refused.body());
    assertEquals(400, web.client("admin").post(path, "{\"pipeline\": \" \"}").status());
    assertEquals(
        404,
        web.client("admin").post(path, "{\"pipeline\": \"no-such\", \"reason\": \"x\"}").status());

    Http.Answer allowed = web.client("admin").post(path, wish);
    assertEquals(200, allowed.status(), allowed.body());
    assertEquals(2, allowed.json().path("pipelines").size());
    assertEquals(
        "Taken over",
        web
            .client("viewer")
            .get("/api/v1/models/" + model)
            .json()
            .path("pipelines")
            .findValuesAsText("because")
            .stream()
            .filter("Taken over"::equals)
            .findFirst()
            .orElse(""));
    web.client("admin")
        .post(
            path,
            "{\"pipeline\": \"%s\", \"allowed\": false, \"reason\": \"Done\"}".formatted(other));
    assertEquals(List.of(model), pipelines(model));
  }

  @Test
  void shouldLetAnAdminSayItOnTheModelsPageAndShowOthersNoForm() {
    String model = live();
    String other = publish();
    Http admin = web.signedIn("admin");
    String path = "/models/" + model + "/pipelines";

    Http.Answer missing =
        admin.form(path, Map.of("csrf", admin.get("/").csrf(), "pipeline", other, "why", " "));
    assertEquals(400, missing.status());
    assertTrue(missing.body().contains("value=\"" + other + "\""), "what was typed stays");
    Http.Answer done =
        admin.form(
            path, Map.of("csrf", admin.get("/").csrf(), "pipeline", other, "why", "Taken over"));
    assertEquals(303, done.status(), done.body());
    assertEquals(2, pipelines(model).size());

    Http engineer = web.signedIn("engineer");
    String page = engineer.get("/models/" + model).body();
    assertTrue(page.contains("Taken over"));
    assertFalse(page.contains("Let it register"));
    assertEquals(
        403,
        engineer
            .form(
                path,
                Map.of("csrf", engineer.get("/").csrf(), "pipeline", other, "why", "Mine again"))
            .status());
  }

  @Test
  void shouldLeaveMoreTrafficToOwnersAndLessToEverybody() {
    String model = live();
    RolloutPlan plan = web.scene.beginCanary(model, "admin");
    String rollout = "/api/v1/rollouts/" + plan.rolloutId();
    Http engineer = web.client("engineer");

    Http.Answer refused = engineer.post(rollout + "/promote", "{\"reason\": \"Go\"}");
    assertEquals(403, refused.status());
    assertTrue(refused.body().contains(model + " belongs to " + TEAM), refused.body());
    String page = web.signedIn("engineer").get("/rollouts/" + plan.rolloutId()).body();
    assertTrue(page.contains("wish-pause") && page.contains("wish-abort"));
    assertFalse(page.contains("wish-promote"));
    assertTrue(
        web.signedIn("admin").get("/rollouts/" + plan.rolloutId()).body().contains("wish-promote"));
    assertEquals(202, engineer.post(rollout + "/abort", "{\"reason\": \"On call\"}").status());
  }

  @Test
  void shouldShowNobodyElseAButtonThatWouldBeRefused() {
    String pipeline = publish();
    long run = web.scene.request(pipeline);
    web.scene.play(run).close(RunState.FAILED, null);

    for (String person : List.of("engineer", "admin")) {
      boolean isTheirs = person.equals("admin");
      Http browser = web.signedIn(person);
      assertEquals(
          isTheirs,
          browser
              .get("/pipelines/" + pipeline)
              .body()
              .contains("/pipelines/" + pipeline + "/runs\""),
          person);
      assertEquals(
          isTheirs,
          browser.get("/runs/" + run).body().contains("/runs/" + run + "/resume"),
          person);
      assertEquals(isTheirs, browser.get("/").body().contains("thing needs you"), person);
    }
  }

  @Test
  void shouldSayOnThePageAndByRestThatAnOwnerIsNobodyHere() {
    String pipeline = publish();
    String rest = "/api/v1/pipelines/" + pipeline;
    assertTrue(web.client("viewer").get(rest).json().path("ownerNote").isNull());

    web.scene.publish(pipeline, "growth-mll", "admin");
    String note =
        "No person and no team here is called growth-mll: any engineer may start, change and publish %s. Did you mean"
            .formatted(pipeline);

    String page = web.signedIn("engineer").get("/pipelines/" + pipeline).body();
    assertTrue(page.contains(note), page);
    String told = web.client("engineer").get(rest).json().path("ownerNote").asText();
    assertTrue(told.startsWith(note), told);
  }
}
