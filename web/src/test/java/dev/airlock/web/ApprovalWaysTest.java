package dev.airlock.web;

import static dev.airlock.web.Scene.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.FoundFile;
import dev.airlock.store.NewRun;
import dev.airlock.store.Run;
import dev.airlock.workflows.RunState;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** By which way a question came, and the way on where it was overtaken. */
final class ApprovalWaysTest {
  private static final Pattern HIDDEN =
      Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\">");

  private static WebFixture web;
  private static Http engineer;
  private static Http approver;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    engineer = web.signedIn("engineer");
    approver = web.signedIn("approver");
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static String published() {
    String name = WebFixture.freshName("ways");
    web.scene.publish(name);
    return name;
  }

  private static long asked(String pipeline, String triggeredBy, Map<String, String> params) {
    return web.store
        .runs()
        .request(
            new NewRun(
                pipeline,
                params,
                Instant.parse("1997-12-31T00:00:00Z"),
                by("engineer"),
                triggeredBy,
                "",
                null))
        .id();
  }

  private static String page(Http browser, Scene.Play play) {
    return browser.get("/approvals/" + play.approvalId).body();
  }

  /** The way on, as the page offers it; its form is sent as it stands. */
  private static Run pressed(String page) {
    String form = page.substring(page.indexOf("id=\"anew\""));
    form = form.substring(0, form.indexOf("</form>"));
    Matcher action = Pattern.compile("action=\"([^\"]+)\"").matcher(form);
    assertTrue(action.find(), form);
    Map<String, String> fields = new TreeMap<>();
    for (Matcher field = HIDDEN.matcher(form); field.find(); ) {
      fields.put(field.group(1), field.group(2));
    }
    Http.Answer answer = engineer.form(action.group(1), fields);
    assertEquals(303, answer.status(), answer.body());
    Matcher run = Pattern.compile("/runs/(\\d+)").matcher(answer.header("Location"));
    assertTrue(run.find());
    return web.store.runs().find(Long.parseLong(run.group(1))).orElseThrow();
  }

  @Test
  void shouldNameNobodyAsAskingForWhatStartsByItself() {
    String pipeline = published();
    Scene.Play play = web.scene.playToApproval(asked(pipeline, "schedule", Map.of()));

    String page = page(approver, play);
    assertTrue(page.contains("Asked by <b>the schedule</b>"), page);
    assertTrue(page.contains("It counts as asked for by engineer, who published version 1."), page);
  }

  @Test
  void shouldSayThatTheCodeWasFoundInAWatchedFolder() {
    String pipeline = WebFixture.freshName("found");
    web.store
        .pipelines()
        .publishFound(
            Scene.graph(pipeline),
            "c".repeat(64),
            by("engineer"),
            new FoundFile("Churn.java", "/pipelines", "ops"));
    Scene.Play play = web.scene.playToApproval(asked(pipeline, "schedule", Map.of()));

    String page = page(approver, play);
    assertTrue(page.contains("Asked by <b>the schedule</b>"), page);
    assertTrue(
        page.contains(
            "Version 1 was published from a watched folder, out of Churn.java, a file of the machine's user ops. It counts as published by engineer"),
        page);
    String run = engineer.get("/runs/" + play.run.id()).body();
    assertTrue(run.contains("found in a watched folder, which counts as published by"), run);
    String listed = engineer.get("/pipelines/" + pipeline).body();
    assertTrue(listed.contains("a watched folder, as engineer"), listed);
  }

  @Test
  void shouldTellTheFilesOwnerWhyTheyMayNotVote() {
    String pipeline = WebFixture.freshName("owned");
    web.store
        .pipelines()
        .publishFound(
            Scene.graph(pipeline),
            "c".repeat(64),
            by("engineer"),
            new FoundFile("Churn.java", "/pipelines", "approver"));
    Scene.Play play = web.scene.playToApproval(asked(pipeline, "schedule", Map.of()));

    String page = page(approver, play);
    assertTrue(
        page.contains("Churn.java of the watched folder is a file of approver, and version 1 of"),
        page);
    assertFalse(page.contains("You have decided"), page);
    assertFalse(page.contains("Approve v"), page);
  }

  @Test
  void shouldTellWhomTheProviderNoLongerVouchesForThatASignInIsTheWay() {
    Scene.Play play = web.scene.playToApproval(web.scene.request(published()));
    WebFixture.asOwner(
        "update person set vouched_at = now() - interval '31 days' where name in (select person from team_member where team = 'ml-leads')");
    try {
      String page = page(approver, play);
      String note = page.substring(page.indexOf("id=\"decision\""));
      assertTrue(
          note.contains("what approver decides rests until they sign in with it again."), note);
      assertFalse(page.contains("You have decided"), page);
      assertFalse(page.contains("Approve v"), page);
      assertTrue(
          page.contains("Whose vote rests must sign in with their provider again, or it expires."),
          page);
      assertFalse(page.contains("Somebody must join"), page);
    } finally {
      WebFixture.asOwner(
          "update person set vouched_at = null where name in (select person from team_member where team = 'ml-leads')");
    }
    assertTrue(page(approver, play).contains("Approve v"));
  }

  @Test
  void shouldStartTheRunThatAsksAnewBesideWhatWentLiveMeanwhile() {
    String pipeline = published();
    Scene.Play open =
        web.scene.playToApproval(asked(pipeline, "engineer", Map.of("horizon-days", "60")));
    assertFalse(page(engineer, open).contains("id=\"anew\""));
    web.scene.playToLive(web.scene.request(pipeline));

    String seen = page(approver, open);
    assertTrue(seen.contains("Those start it on this page who may start runs of"), seen);
    assertFalse(seen.contains("Judge it beside v2"), seen);
    String page = page(engineer, open);
    assertTrue(page.contains("Judge it beside v2"), page);
    assertTrue(page.contains("Whoever starts it can"), page);

    Run started = pressed(page);
    assertEquals("60", started.params().get("horizon-days"));
    assertEquals(open.run.logicalDate(), started.logicalDate());
    assertEquals("engineer", started.requestedBy());
    assertEquals(started.id(), pressed(page).id(), "pressed twice, it is one run");
  }

  @Test
  void shouldGoOnFromTheJudgementWhereAGivenApprovalWasOvertaken() {
    String pipeline = published();
    Scene.Play given = web.scene.playToApproval(web.scene.request(pipeline));
    web.scene.decide(given, "approver");
    Scene.Play live = web.scene.playToLive(web.scene.request(pipeline));
    given.close(RunState.FAILED, null);

    Run started = pressed(page(engineer, given));
    assertEquals(given.run.id(), started.parent());
    assertEquals("Judged beside v2, after approval " + given.approvalId, started.note());
    assertFalse(page(engineer, live).contains("id=\"anew\""), "what is live needs no new run");
  }
}
