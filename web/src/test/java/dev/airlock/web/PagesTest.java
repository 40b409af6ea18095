package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.PostgresServer;
import dev.airlock.store.NewPerson;
import dev.airlock.store.NewRun;
import dev.airlock.store.Role;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class PagesTest {
  private static WebFixture web;
  private static String name;
  private static Http approver;
  private static Http engineer;
  private static Scene.Play live;
  private static Scene.Play open;
  private static long failed;

  @BeforeAll
  static void start() {
    // Of its own: Home and lists show no more than a first part of what other tests have left.
    web = WebFixture.forgetful(PostgresServer.temporary());
    name = WebFixture.freshName("pages");
    web.scene.publish(name);
    live = web.scene.playToLive(web.scene.request(name));
    open = web.scene.playToApproval(web.scene.request(name));
    failed = web.scene.request(name);
    web.scene
        .play(failed)
        .fail(
            "orders",
            new StageError(
                StageFailure.BAD_DATA,
                "row 17: <script>alert(1)</script> is no date",
                List.of("row 17, ordered_on")));
    approver = web.signedIn("approver");
    engineer = web.signedIn("engineer");
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static String page(Http browser, String path) {
    Http.Answer answer = browser.get(path);
    assertEquals(200, answer.status(), path + ": " + answer.body());
    String body = answer.body();
    assertFalse(body.matches("(?s).*\\sstyle=.*"), path + " has an inline style");
    assertFalse(body.matches("(?s).*<script>.*|.*\\son\\w+=.*"), path + " has an inline script");
    assertTrue(body.contains("Temporal runs in memory"), path + " hides that runs can be lost");
    return body;
  }

  @Test
  void shouldShowWhatWaitsForTheViewer() {
    String home = page(approver, "/");
    assertTrue(
        home.contains("decision waits for you") || home.contains("decisions wait for you"), home);
    assertTrue(needs(home).contains("/approvals/" + open.approvalId), home);

    String others = page(engineer, "/");
    assertFalse(needs(others).contains("/approvals/"), others);
    assertTrue(others.contains("Waits for others"), others);
    assertTrue(others.contains("/approvals/" + open.approvalId), others);
  }

  /** What the first page says the viewer should see to. */
  private static String needs(String home) {
    int from = home.indexOf("<h2>Needs you</h2>");
    return home.substring(from, home.indexOf("</section>", from));
  }

  @Test
  void shouldShowEveryList() {
    for (String path : List.of("/pipelines", "/runs", "/models")) {
      assertTrue(page(engineer, path).contains(name), path);
    }
    assertTrue(page(engineer, "/approvals?state=open").contains(name + " v2"));
    assertTrue(page(engineer, "/datasets").contains(name + ".orders"));
    assertTrue(page(engineer, "/datasets/" + name + ".orders").contains("6,919"));
    assertTrue(page(engineer, "/runs?pipeline=" + name + "&state=failed").contains("row 17"));
    assertTrue(page(engineer, "/runs?pipeline=none").contains("No such run."));
  }

  @Test
  void shouldDrawTheGraphAndLetOperatorsStart() {
    String shown = page(engineer, "/pipelines/" + name + "?stage=judge");
    for (String stage : List.of("orders-ok", "boosted", "logistic", "go-live")) {
      assertTrue(
          shown.contains("class=\"name\"") && shown.contains(">" + stage + "</text>"), stage);
    }
    assertTrue(shown.contains("AUC at least 0.7"));
    assertTrue(shown.contains("param.horizon-days"));
    assertFalse(page(approver, "/pipelines/" + name).contains("param.horizon-days"));

    Http.Answer started =
        engineer.form(
            "/pipelines/" + name + "/runs",
            Map.of(
                "csrf",
                engineer.get("/").csrf(),
                "key",
                "form",
                "param.horizon-days",
                "30",
                "logicalDate",
                "1997-12-31"));
    assertEquals(303, started.status(), started.body());
    String run = page(engineer, started.header("Location"));
    assertTrue(run.contains("The run is recorded"));
    assertTrue(run.contains("<dd>30</dd>"));
    assertTrue(run.contains("data-follow=\"run:"));
  }

  @Test
  void shouldPutTheFailedStageAndItsReasonFirst() {
    String shown = page(engineer, "/runs/" + failed);
    int reason = shown.indexOf("row 17: &lt;script&gt;alert(1)&lt;/script&gt; is no date");
    assertTrue(reason > 0, shown);
    assertTrue(reason < shown.indexOf("Graph of the run"));
    assertTrue(shown.contains("row 17, ordered_on"));
    assertTrue(shown.contains("upstream-failed"));
    assertFalse(shown.contains("data-follow"), "a run that has ended is not followed");
  }

  @Test
  void shouldAskWithTheEvidenceAndWhatIsWorseFirst() {
    String shown = page(approver, "/approvals/" + open.approvalId);
    assertTrue(shown.contains("Should " + name + " v2 replace v1?"), shown);
    assertTrue(shown.contains("worse on PR-AUC"));
    assertTrue(shown.contains("(on 1 of them beyond chance"), "the Brier score's interval alone");
    assertTrue(shown.indexOf("PR-AUC</td>") < shown.indexOf(">AUC</td>"));
    assertTrue(shown.contains("Approve v2"));
    assertTrue(shown.contains(open.registered().evidenceDigest()));
    String asker = page(engineer, "/approvals/" + open.approvalId);
    assertTrue(asker.contains("four eyes"));
    assertFalse(asker.contains("Approve v2"));
  }

  @Test
  void shouldTellWhoeverMadeTheAccountThatAskedToLeaveItToOthers() {
    String dora = WebFixture.freshName("dora");
    web.store
        .membership()
        .create(
            new NewPerson(dora, Role.ENGINEER, List.of(), "one time password", "joins"),
            Scene.by("admin"));
    long run =
        web.store
            .runs()
            .request(new NewRun(name, Map.of(), null, Scene.by(dora), dora, "", null))
            .id();
    Scene.Play play = web.scene.playToApproval(run);
    Http admin = web.signedIn("admin");

    String shown = page(admin, "/approvals/" + play.approvalId);

    assertTrue(
        shown.contains(
            dora
                + " asked for this run, by an account that you made or whose password you set last"),
        shown);
    assertFalse(shown.contains("Approve v"), shown);
    assertTrue(page(approver, "/approvals/" + play.approvalId).contains("Approve v"));
  }

  @Test
  void shouldSayOfEachFailedStageWhatExactlyIsWrong() {
    long run = web.scene.request(name);
    int before = web.store.runs().eventsSince(run, 0).size();
    StageError first =
        new StageError(StageFailure.BAD_DATA, "it has bad rows", List.of("row 17, ordered_on"));
    StageError second =
        new StageError(StageFailure.BAD_DATA, "it has bad rows too", List.of("row 23, amount"));
    web.store
        .runLedger()
        .record(
            run,
            List.of(
                new StageChange(
                    before + 1, "orders", StageState.FAILED, Instant.now(), null, first),
                new StageChange(
                    before + 2, "features", StageState.FAILED, Instant.now(), null, second)),
            RunState.RUNNING);

    String why = "<li>row 17, ordered_on</li>";
    String of = page(engineer, "/runs/" + run + "?stage=orders");
    assertTrue(of.indexOf(why) > 0 && of.indexOf(why) == of.lastIndexOf(why), "told once: " + of);
    assertFalse(of.contains("row 23, amount"), of);
    String other = page(engineer, "/runs/" + run + "?stage=features");
    assertTrue(other.contains("<li>row 23, amount</li>"), other);
  }

  @Test
  void shouldTakeADecisionWithAReasonOnly() {
    long run = web.scene.request(name);
    Scene.Play play = web.scene.playToApproval(run);
    String path = "/approvals/" + play.approvalId + "/decisions";
    String csrf = approver.get("/approvals/" + play.approvalId).csrf();
    Http.Answer without =
        approver.form(
            path,
            Map.of(
                "csrf",
                csrf,
                "decision",
                "approve",
                "reason",
                " ",
                "digest",
                play.registered().evidenceDigest()));
    assertEquals(400, without.status());
    assertTrue(without.body().contains("Say why"));
    Http.Answer changed =
        approver.form(
            path,
            Map.of(
                "csrf", csrf, "decision", "approve", "reason", "good", "digest", "0".repeat(64)));
    assertEquals(409, changed.status());
    assertTrue(changed.body().contains("look again"));
    assertTrue(changed.body().contains(">good</textarea>"), "what was typed is kept");
    Http.Answer taken =
        approver.form(
            path,
            Map.of(
                "csrf",
                csrf,
                "decision",
                "reject",
                "reason",
                "not calibrated",
                "digest",
                play.registered().evidenceDigest()));
    assertEquals(303, taken.status(), taken.body());
    String after = page(approver, taken.header("Location"));
    assertTrue(after.contains("is recorded and takes effect"));
    assertTrue(after.contains("not calibrated"));
    play.close(RunState.FAILED, null);
  }

  @Test
  void shouldSayWhatIsLiveWhoLetItInAndWhy() {
    String shown = page(engineer, "/models/" + name);
    assertTrue(shown.contains("v1 is live"));
    assertTrue(shown.contains("Calibration is what campaigns need"));
    assertTrue(shown.contains("/approvals/" + live.approvalId));
    assertTrue(shown.contains("there is nothing to go back to"));
  }

  @Test
  void shouldLeadFromAWaitingRunToItsQuestion() {
    String shown = page(approver, "/runs/" + open.run.id() + "?stage=boosted");
    assertTrue(shown.contains("waiting for approval"));
    assertTrue(shown.contains("href=\"/approvals/" + open.approvalId + "\""));
    assertTrue(shown.contains("gradient boosted trees"));
  }

  @Test
  void shouldCancelFromTheRunsPage() {
    long run = web.scene.request(name);
    Scene.Play play = web.scene.play(run);
    play.begin("orders", StageState.RUNNING);
    play.flush(RunState.RUNNING);
    assertTrue(page(engineer, "/runs/" + run).contains("/runs/" + run + "/cancel"));
    Http.Answer cancelled =
        engineer.form("/runs/" + run + "/cancel", Map.of("csrf", engineer.get("/").csrf()));
    assertEquals(303, cancelled.status());
    assertTrue(page(engineer, "/runs/" + run).contains("engineer has cancelled this run"));
    play.close(RunState.CANCELLED, null);
  }

  @Test
  void shouldSayOnceWhatWasDoneAndNeverWhatALinkClaims() {
    long run = web.scene.request(name);
    Scene.Play play = web.scene.play(run);
    play.begin("orders", StageState.RUNNING);
    play.flush(RunState.RUNNING);
    String claim = "/approvals/" + open.approvalId + "?done=counted";
    assertFalse(page(approver, claim).contains("Your decision counts."));
    Http.Answer cancelled =
        engineer.form("/runs/" + run + "/cancel", Map.of("csrf", engineer.get("/").csrf()));
    String to = cancelled.header("Location");
    assertFalse(page(engineer, claim).contains("Your decision counts."), "another was done");
    assertTrue(page(engineer, to).contains("Cancellation is recorded"));
    assertFalse(page(engineer, to).contains("Cancellation is recorded"), "it is said once");
    play.close(RunState.CANCELLED, null);
  }

  @Test
  void shouldKeepWhatIsFilteredByInOnePiece() {
    String shown = page(engineer, "/runs?tag=a%26state%3Dfailed");
    assertTrue(shown.contains("/runs?state=queued&amp;tag=a%26state%3Dfailed"), shown);
    String alerts = page(engineer, "/alerts?model=a%26b");
    assertTrue(alerts.contains("model=a%26b"), alerts);
  }

  @Test
  void shouldListEveryRouteOfTheApi() {
    String shown = page(engineer, "/api");
    for (String path : List.of("/api/v1/runs/{id}/cancel", "/v2/models/{name}/infer")) {
      assertTrue(shown.contains("<code>" + path + "</code>"), path);
    }
    long routes =
        web.server.routes().stream()
            .filter(route -> route.path().matches("/(api/|v2/|openapi\\.yaml).*"))
            .count();
    assertEquals(routes, shown.split("<span class=\"method\">", -1).length - 1);
    int cancel = shown.indexOf("id=\"do-cancelRun\"");
    String operation = shown.substring(cancel, shown.indexOf("</details>", cancel));
    assertTrue(operation.contains("Permission: <code>steer-run</code>"), operation);
    assertTrue(operation.contains("<code>id</code> <span class=\"dim\">in path</span>"), operation);
    assertTrue(operation.contains("href=\"#schema-Problem\""), operation);
    assertTrue(shown.contains("id=\"schema-Problem\""));
  }

  @Test
  void shouldAskBeforeWhatCannotBeUndoneWithoutScriptToo() {
    String shown = page(approver, "/approvals/" + open.approvalId);
    int form = shown.indexOf("id=\"decide\"");
    String asked = shown.substring(form, shown.indexOf("</form>", form));
    assertTrue(
        asked.contains("<noscript><label class=\"check\"><input type=\"checkbox\" required"));
  }

  @Test
  void shouldTellPeopleOnAPageWhatIsWrong() {
    Http.Answer answer = engineer.get("/runs/999999999");
    assertEquals(404, answer.status());
    assertTrue(answer.header("Content-Type").startsWith("text/html"));
    assertTrue(answer.body().contains("There is no run 999999999."));
  }

  @Test
  void shouldServeStyleAndScriptForGood() {
    String home = page(engineer, "/");
    for (String kind : List.of("airlock.css", "calm.js", "follow.js", "htmx.js", "icon.svg")) {
      String path = home.replaceAll("(?s).*\"(/assets/[0-9a-f]{12}/" + kind + ")\".*", "$1");
      Http.Answer asset = web.client("").get(path);
      assertEquals(200, asset.status(), kind);
      assertTrue(asset.header("Cache-Control").contains("immutable"));
    }
    assertEquals(404, web.client("").get("/assets/000000000000/airlock.css").status());
  }
}
