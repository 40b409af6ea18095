package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A question that is still open, or was answered, when another version goes live. */
final class OvertakenTest {

  private static WebFixture web;
  private static Http approver;
  private static Http reader;
  private String name;

  @BeforeAll
  static void start() {
    web = WebFixture.start(0, false);
    approver = web.signedIn("approver");
    reader = web.client("viewer");
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  @BeforeEach
  void publish() {
    name = WebFixture.freshName("overtaken");
    web.scene.publish(name);
  }

  private Scene.Play asked() {
    return web.scene.playToApproval(web.scene.request(name));
  }

  private void goesLive() {
    web.scene.playToLive(web.scene.request(name));
  }

  private static String page(Scene.Play play) {
    Http.Answer answer = approver.get("/approvals/" + play.approvalId);
    assertEquals(200, answer.status(), answer.body());
    // Moments are elements of their own.
    return answer.body().replaceAll("</?time[^>]*>", "");
  }

  private static JsonNode beside(Scene.Play play) {
    return reader.get("/api/v1/approvals/" + play.approvalId).json().path("beside");
  }

  /** What speaks against it, the first of all. */
  private static String first(String page) {
    int list = page.indexOf("What speaks against it");
    assertTrue(list > 0, page);
    return page.substring(list, page.indexOf("</li>", list));
  }

  @Test
  void shouldNameWhatIsLiveNowAndSayFirstThatItWasNotJudgedBesideIt() {
    goesLive();
    Scene.Play open = asked();
    assertTrue(page(open).contains("v1, live"));
    goesLive();

    String shown = page(open);
    assertTrue(shown.contains("<h1>Should " + name + " v2 replace v3?</h1>"), shown);
    assertTrue(shown.contains("the way back to v3 is one click"), shown);
    assertTrue(shown.contains("<b>Not judged beside what is live.</b>"), shown);
    assertTrue(
        first(shown)
            .contains("It was judged beside v1, which is no longer live; v3 is live since "),
        first(shown));
    assertTrue(first(shown).contains("There are no figures of v3 on these rows."), first(shown));
    assertTrue(first(shown).contains("href=\"#anew\""), first(shown));
    assertTrue(shown.contains("v1, not live"), shown);
    assertFalse(shown.contains("v1, live"), shown);
    assertFalse(shown.contains("Better than what is live"), shown);
    assertEquals(200, approver.get("/pipelines/" + name).status());

    JsonNode beside = beside(open);
    assertEquals(1, beside.path("judged").asInt());
    assertEquals(3, beside.path("live").asInt());
    assertFalse(beside.path("current").asBoolean());
    assertTrue(
        beside.path("says").asText().startsWith("It was judged beside v1, which"),
        beside::toString);
    assertTrue(beside.path("metrics").isNull(), beside::toString);
  }

  @Test
  void shouldShowTheFiguresOfWhatIsLiveBesideWhereItWasJudgedOnTheSameRows() {
    web.scene.onTheSameRows();
    try {
      goesLive();
      Scene.Play open = asked();
      goesLive();

      String shown = page(open);
      assertTrue(
          first(shown)
              .contains(
                  "The figures of v3 on the same rows, out of its own evidence, stand beside."),
          first(shown));
      assertTrue(shown.contains("<th class=\"num\">v3, live</th>"), shown);
      assertTrue(shown.contains("<th class=\"num\">Difference to v3</th>"), shown);
      assertEquals(0.776, beside(open).path("metrics").path("auc").asDouble());
    } finally {
      web.scene.onRowsOfTheirOwn();
    }
  }

  @Test
  void shouldNotSayThatNothingIsLiveOnceSomethingIs() {
    Scene.Play open = asked();
    assertTrue(page(open).contains("Nothing is live yet."));
    goesLive();

    String shown = page(open);
    assertTrue(shown.contains("<h1>Should " + name + " v1 replace v2?</h1>"), shown);
    assertFalse(shown.contains("Nothing is live yet."), shown);
    assertTrue(
        first(shown).contains("Nothing was live when it was judged; v2 is live since "),
        first(shown));
    assertTrue(beside(open).path("judged").isNull());
  }

  @Test
  void shouldSayThatAnApprovalLetsNothingPassOnceItWasOvertaken() {
    Scene.Play given = asked();
    web.scene.decide(given, "approver");
    assertFalse(page(given).contains("It lets nothing pass any more."));
    goesLive();

    String shown = page(given);
    assertTrue(
        shown.contains(
            "It lets nothing pass any more. Approval %d was given beside nothing that was live, but version 2 of %s is live since "
                .formatted(given.approvalId, name)),
        shown);
    assertTrue(shown.contains("<h1>Should " + name + " v1 go live?</h1>"), "as it was asked");
  }

  @Test
  void shouldDecideNothingWhereItIsNeitherYesNorNo() {
    Scene.Play open = asked();
    String path = "/approvals/" + open.approvalId;
    String csrf = approver.get(path).csrf();
    String digest = open.registered().evidenceDigest();
    for (String wish : new String[] {"", "aprove"}) {
      Http.Answer answer =
          approver.form(
              path + "/decisions",
              Map.of("csrf", csrf, "reason", "Fine", "digest", digest, "decision", wish));
      assertEquals(400, answer.status());
      assertTrue(answer.body().contains("nothing was decided"), answer.body());
      assertTrue(answer.body().contains(">Fine</textarea>"), "what was typed is kept");
    }
    Http.Answer missing =
        approver.form(
            path + "/decisions", Map.of("csrf", csrf, "reason", "Fine", "digest", digest));
    assertEquals(400, missing.status());
    Http.Answer tooLong =
        approver.form(
            path + "/decisions",
            Map.of(
                "csrf",
                csrf,
                "decision",
                "approve",
                "digest",
                digest,
                "reason",
                "x".repeat(2_001)));
    assertEquals(400, tooLong.status());
    assertTrue(
        tooLong.body().contains("at most 2,000 characters; this one has 2,001"), tooLong.body());
    assertEquals(
        "open", reader.get("/api/v1/approvals/" + open.approvalId).json().path("state").asText());
  }
}
