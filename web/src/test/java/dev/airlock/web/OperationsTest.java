package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.airlock.store.Acting;
import dev.airlock.store.Origin;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Operations of REST that no page and no other test needs, as a program calls them. */
final class OperationsTest {
  private static WebFixture web;
  private static Http engineer;
  private static Http approver;
  private static Http admin;
  private static String name;
  private static Scene.Play live;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    engineer = web.client("engineer");
    approver = web.client("approver");
    admin = web.client("admin");
    name = WebFixture.freshName("operated");
    web.scene.publish(name);
    live = web.scene.playToLive(web.scene.request(name));
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static JsonNode ok(Http.Answer answer) {
    assertTrue(answer.status() < 300, answer.body());
    return answer.body().isEmpty() ? MissingNode.getInstance() : answer.json();
  }

  @Test
  void shouldTellOfLineageAndCards() {
    String run = ok(engineer.get("/api/v1/runs/%d/lineage".formatted(live.run.id()))).toString();
    assertTrue(run.contains(name), run);
    String table = "/api/v1/datasets/%s.orders/versions/11/lineage".formatted(name);
    assertTrue(ok(engineer.get(table)).toString().contains(name));
    Http.Answer card = engineer.get("/api/v1/models/%s/versions/1/card.md".formatted(name));
    assertEquals(200, card.status());
    assertTrue(card.body().startsWith("# "), card.body());
    JsonNode plan = ok(engineer.post("/api/v1/pipelines/" + name + "/dry-run", "{}"));
    assertTrue(plan.toString().contains("go-live"), plan.toString());
    JsonNode kept = ok(engineer.get("/api/v1/runs/%d/histories".formatted(live.run.id())));
    assertEquals("pending", kept.path("state").asText());
  }

  @Test
  void shouldAnswerWithABackfillOfItsOwnAddress() {
    JsonNode asked =
        ok(
            engineer.post(
                "/api/v1/pipelines/" + name + "/backfills",
                "{\"from\":\"1997-01-06\",\"to\":\"1997-01-20\"}"));
    JsonNode backfill = ok(engineer.get("/api/v1/backfills/" + asked.path("id").asLong()));
    assertEquals(name, backfill.path("pipeline").asText());
  }

  @Test
  void shouldTakeAVoteBack() {
    Scene.Play open = web.scene.playToApproval(web.scene.request(name));
    String approval = "/api/v1/approvals/" + open.approvalId;
    String digest = ok(approver.get(approval)).path("digest").asText();
    ok(
        approver.post(
            approval + "/decisions",
            "{\"decision\":\"approve\",\"reason\":\"Good\",\"digest\":\"%s\"}".formatted(digest)));
    long vote = ok(approver.get(approval)).at("/decisions/0/id").asLong();
    String withdraw = "%s/decisions/%d/withdraw".formatted(approval, vote);
    assertEquals(403, admin.post(withdraw, "{\"reason\":\"not mine\"}").status());
    ok(approver.post(withdraw, "{\"reason\":\"I have misread it\"}"));
    assertEquals(
        "I have misread it",
        ok(approver.get(approval)).at("/decisions/0/withdrawnBecause").asText());
  }

  @Test
  void shouldSettleWhatIsProposedOfAPerson() {
    for (String how : new String[] {"confirm", "refuse"}) {
      String person = WebFixture.freshName("person");
      JsonNode made =
          ok(
              admin.post(
                  "/api/v1/people",
                  "{\"name\":\"%s\",\"role\":\"approver\",\"reason\":\"More eyes\"}"
                      .formatted(person)));
      web.store
          .membership()
          .changeOwnPassword("one of their own", false, Acting.within(person, Origin.Channel.WEB));
      long proposal = made.at("/person/proposal/id").asLong();
      ok(approver.post("/api/v1/proposals/%d/%s".formatted(proposal, how), "{}"));
      JsonNode settled = ok(admin.get("/api/v1/people/" + person));
      assertTrue(settled.path("proposal").isNull(), settled.toString());
      assertEquals(how.equals("confirm"), settled.path("role").asText().equals("approver"));
    }
  }

  @Test
  void shouldLetAPersonKeepTheirOwnHouse() {
    web.signedIn("viewer");
    Http viewer = web.client("viewer");
    JsonNode session = ok(viewer.get("/api/v1/account/sessions")).path("items").get(0);
    ok(viewer.method("DELETE", "/api/v1/account/sessions/" + session.path("id").asText(), ""));
    assertFalse(
        ok(viewer.get("/api/v1/account/sessions"))
            .toString()
            .contains("\"id\":" + session.path("id")));
  }

  @Test
  void shouldKeepPolicies() {
    String pipeline = WebFixture.freshName("policed");
    web.store
        .pipelines()
        .publish(Scene.graphThatTakesPolicies(pipeline), "c".repeat(64), Scene.by("engineer"));
    String path = "/api/v1/pipelines/" + pipeline + "/policies";
    long policy =
        ok(approver.post(
                path,
                """
                {"stage":"promote","reason":"Small retrains","expiresAt":"%s",
                 "bounds":[{"metric":"auc","comparison":"at-least","bound":0.7}]}
                """
                    .formatted(Instant.now().plus(Duration.ofDays(30)))))
            .path("id")
            .asLong();
    ok(approver.post(path + "/" + policy + "/revoke", "{\"reason\":\"The source has changed\"}"));
    JsonNode listed = ok(engineer.get(path)).path("items").get(0);
    assertEquals(policy, listed.path("id").asLong());
    assertEquals("The source has changed", listed.path("revokedBecause").asText());
  }

  @Test
  void shouldRecordWhatIsWishedOfARollout() {
    String model = WebFixture.freshName("wished");
    web.scene.publish(model);
    web.scene.playToLive(web.scene.request(model));
    Scene.Play next = web.scene.playToApproval(web.scene.request(model));
    web.scene.decide(next, "approver");
    String wish =
        """
        {"version":2,"reason":"It is better","steps":[{"weight":5,"hold":"PT30M"},{"weight":100}],
         "promoteWhile":[{"figure":"error_rate","atMost":0.01}]}
        """;
    assertEquals(
        202, engineer.post("/api/v1/models/" + model + "/rollouts", wish).status(), "nobody acts");

    long rollout = web.scene.beginCanary(name).rolloutId();
    for (String step : new String[] {"promote", "resume"}) {
      String path = "/api/v1/rollouts/%d/%s".formatted(rollout, step);
      assertEquals(202, engineer.post(path, "{\"reason\":\"Now\"}").status(), step);
    }
  }

  @Test
  void shouldMakeATokenAndChangeAPassword() {
    String person = WebFixture.freshName("person");
    String once =
        ok(admin.post("/api/v1/people", "{\"name\":\"%s\",\"role\":\"viewer\"}".formatted(person)))
            .path("password")
            .asText();
    Http browser = web.browser();
    browser.signIn(person, once);
    String own = "a long word of their own";
    browser.form(
        "/settings/password",
        Map.of(
            "csrf",
            browser.get("/settings").csrf(),
            "current",
            once,
            "password",
            own,
            "again",
            own));
    String csrf = browser.get("/settings").csrf();
    HttpRequest.Builder change =
        browser
            .request("/api/v1/account/password")
            .header("Content-Type", "application/json")
            .header("X-CSRF-Token", csrf)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"current\":\"%s\",\"password\":\"another word of their own\"}"
                        .formatted(own)));
    ok(browser.send(change));
    browser.signIn(person, "another word of their own");
    csrf = browser.get("/settings").csrf();
    HttpRequest.Builder make =
        browser
            .request("/api/v1/tokens")
            .header("Content-Type", "application/json")
            .header("X-CSRF-Token", csrf)
            .POST(
                HttpRequest.BodyPublishers.ofString("{\"name\":\"nightly\",\"expiresInDays\":7}"));
    String token = ok(browser.send(make)).path("token").asText();
    assertEquals(200, web.token(token).get("/api/v1/account").status());
  }
}
