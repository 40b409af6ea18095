package dev.airlock.web;

import static dev.airlock.web.Scene.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.local.PostgresServer;
import dev.airlock.store.Alert;
import dev.airlock.store.Alerts;
import dev.airlock.store.CommandRequest;
import dev.airlock.store.HaltPoint;
import dev.airlock.store.RolloutDetail;
import dev.airlock.store.ServiceSample;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RolloutActivities;
import dev.airlock.workflows.RolloutAnalysis;
import dev.airlock.workflows.RolloutAnalysis.Verdict;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.RolloutPlan;
import dev.airlock.workflows.RolloutState;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pages of what happens after a model went live: monitoring, alerts, rollouts. */
final class LoopPagesTest {
  private static final Instant FEBRUARY = Instant.parse("1998-02-01T00:00:00Z");
  private static final Instant MARCH = Instant.parse("1998-03-01T00:00:00Z");
  private static final String CANARY =
      """
      {"steps": [{"weight": 5, "hold": "PT30M"}, {"weight": 100, "hold": null}],
       "promoteWhile": [%s, %s]}
      """;

  private static WebFixture web;
  private static Http engineer;
  private static Http approver;
  private static Http viewer;
  private static String watched;
  private static long monitor;
  private static Alert ticket;
  private static Alert retrain;

  @BeforeAll
  static void start() {
    // Of its own: Home and lists show no more than a first part of what other tests have left.
    web = WebFixture.over(PostgresServer.temporary());
    engineer = web.signedIn("engineer");
    approver = web.signedIn("approver");
    viewer = web.signedIn("viewer");
    watched = web.live("watched");
    monitor = Watched.play(web, watched);
    List<Alert> alerts = web.store.alerts().list(watched, "open", null, 10);
    ticket = find(alerts, "open-ticket");
    retrain = find(alerts, "retrain");
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static Alert find(List<Alert> alerts, String consequence) {
    return alerts.stream()
        .filter(alert -> alert.consequence().equals(consequence))
        .findFirst()
        .orElseThrow();
  }

  private static String page(Http browser, String path) {
    Http.Answer answer = browser.get(path);
    assertEquals(200, answer.status(), path + ": " + answer.body());
    String body = answer.body();
    assertFalse(body.matches("(?s).*\\sstyle=.*"), path + " has an inline style");
    assertFalse(body.matches("(?s).*<script>.*|.*\\son\\w+=.*"), path + " has an inline script");
    return body;
  }

  private static String monitoring() {
    return "/models/" + watched + "/monitoring";
  }

  @Test
  void shouldSayTheStateOfAModelFirst() {
    String shown = page(viewer, monitoring());
    int state =
        shown.indexOf("Brier skill is 0.060 in January 1998: not recovered, which takes 0.08.");
    assertTrue(state > 0, shown);
    assertTrue(shown.contains(">degraded, confirmed</span>"));
    assertTrue(
        shown.contains(
            "The rule starts a new run: alert %d is open, run %d was started."
                .formatted(retrain.id(), retrain.runId())));
    assertTrue(state < shown.indexOf("class=\"matrix\""));
    assertTrue(shown.contains("/alerts/" + ticket.id()), "what else is open stands below");
    assertTrue(page(viewer, "/models/" + watched).contains(">degraded, confirmed</span>"));
    assertTrue(page(viewer, "/").contains(">degraded, confirmed</span>"));
  }

  @Test
  void shouldShowDriftByFeatureAndWindowReadableWithoutColour() {
    String shown = page(viewer, monitoring());
    assertTrue(
        shown.contains("<th scope=\"col\">January 1998</th><th scope=\"col\">February 1998</th>"));
    assertTrue(
        shown.contains(
            "<span aria-hidden=\"true\">▲</span> 2.614<span class=\"unseen\"> large</span>"));
    assertTrue(
        shown.contains(
            "<span aria-hidden=\"true\">△</span> 0.151<span class=\"unseen\"> watch</span>"));
    assertTrue(
        shown.contains(
            "<span aria-hidden=\"true\">●</span> 0.004<span class=\"unseen\"> stable</span>"));
    assertTrue(
        shown.indexOf("class=\"mono\">log_recency") < shown.indexOf("class=\"mono\">log_frequency"),
        "what has moved furthest stands first");
  }

  @Test
  void shouldSayWhenAWindowIsMature() {
    String shown = page(viewer, monitoring());
    assertTrue(shown.contains("0.762 to 0.780"), shown);
    assertTrue(shown.contains("23,000 of 23,570"));
    assertTrue(
        shown.contains(
            "Mature on 30 May 1998: it closes on 1 Mar 1998, and an outcome is known after 90 days."),
        shown);
    assertTrue(shown.contains("1.2 %") && shown.contains("4.1 ms"));
  }

  @Test
  void shouldShowWhatRulesRemember() {
    String shown = page(viewer, monitoring());
    assertTrue(shown.contains("2 windows in a row"), shown);
    assertTrue(shown.contains("until 30 Jul 1998"));
    assertTrue(shown.contains("over at 0.08"));
    assertTrue(shown.contains("/runs/" + retrain.runId()));
  }

  @Test
  void shouldCheckAndPauseForEngineersOnly() {
    String checks = monitoring() + "/checks";
    String csrf = engineer.get(monitoring()).csrf();
    String id = Long.toString(monitor);
    assertFalse(page(viewer, monitoring()).contains("name=\"asOf\""));
    assertEquals(
        403,
        viewer
            .form(checks, Map.of("csrf", viewer.get("/").csrf(), "monitor", id, "asOf", ""))
            .status());
    Http.Answer bad =
        engineer.form(checks, Map.of("csrf", csrf, "monitor", id, "asOf", "next week"));
    assertEquals(400, bad.status());
    assertTrue(bad.body().contains("expected ISO 8601"), bad.body());
    Http.Answer early =
        engineer.form(checks, Map.of("csrf", csrf, "monitor", id, "asOf", "2999-01-01"));
    assertEquals(400, early.status());
    assertTrue(early.body().contains("more than a day ahead"), early.body());
    Http.Answer taken =
        engineer.form(checks, Map.of("csrf", csrf, "monitor", id, "asOf", "1998-07-31"));
    assertEquals(303, taken.status(), taken.body());
    assertTrue(page(engineer, taken.header("Location")).contains("31 Jul 1998"));
    assertEquals(
        303,
        engineer
            .form(monitoring() + "/pause", Map.of("csrf", csrf, "monitor", id, "paused", "true"))
            .status());
    assertTrue(page(engineer, monitoring()).contains("monitor paused"));
  }

  @Test
  void shouldListAllMonitorsWithWhatIsOutOfBounds() {
    String shown = page(viewer, "/monitoring");
    int row = shown.indexOf("id=\"monitor-%d\"".formatted(monitor));
    assertTrue(row > 0, shown);
    String found = shown.substring(row, shown.indexOf("</tr>", row));
    assertTrue(found.contains("/models/%s/monitoring?monitor=%d".formatted(watched, monitor)));
    assertTrue(found.contains(">degraded, confirmed</span>"), found);
    assertTrue(found.contains("Brier skill is 0.060 in January 1998"), found);
    assertTrue(found.contains("<time datetime=") && found.contains("as of "), found);
    assertTrue(found.contains("2 open"), found);
    assertTrue(shown.contains("Something is out of bounds"), shown);
    assertTrue(shown.contains("href=\"/monitoring\" aria-current=\"page\""), "in the rail");
    String name = web.live("nobody-watches");
    assertTrue(page(viewer, "/monitoring").contains("/models/" + name + "/monitoring"));
  }

  @Test
  void shouldSayWhatToDoWhereNobodyWatches() {
    String name = web.live("unwatched");
    String shown = page(viewer, "/models/" + name + "/monitoring");
    assertTrue(shown.contains("Nobody watches this model."));
    assertTrue(shown.contains("Add a monitor to the pipeline."));
    assertTrue(page(viewer, "/models/" + name + "/rollouts").contains("No rollout yet."));
    assertEquals(404, viewer.get("/models/nothing/monitoring").status());
  }

  @Test
  void shouldListOpenAlertsFirstAndTakeThemInHand() {
    String name = web.live("alerting");
    Alert alert =
        web.store
            .alerts()
            .open(
                new Alerts.NewAlert(
                    name,
                    null,
                    null,
                    "test/" + name,
                    "open-ticket",
                    "Look at " + name,
                    Map.of("psi", 0.31),
                    FEBRUARY));
    assertTrue(page(engineer, "/").contains("/alerts/" + alert.id()));
    String path = "/alerts/" + alert.id();
    assertTrue(page(viewer, path).contains("may take it in hand"));
    Http.Answer taken =
        approver.form(path + "/acknowledge", Map.of("csrf", approver.get(path).csrf()));
    assertEquals(303, taken.status());
    String shown = page(approver, taken.header("Location"));
    assertTrue(shown.contains("approver has it in hand"), shown);
    assertTrue(shown.contains("0.310"));
    String listed = page(viewer, "/alerts?model=" + name);
    assertTrue(listed.indexOf("Look at " + name) < listed.indexOf(">Closed</h2>"));
    web.store.alerts().recover("test/" + name, MARCH, "PSI is 0.02 again.");
    listed = page(viewer, "/alerts?model=" + name);
    assertTrue(listed.indexOf("Look at " + name) > listed.indexOf(">Closed</h2>"), listed);
    assertTrue(listed.contains("PSI is 0.02 again."));
    assertFalse(page(viewer, "/alerts?state=open&model=" + name).contains("Look at"));
  }

  @Test
  void shouldSayWhichRuleStartedARun() {
    String shown = page(viewer, "/runs/" + retrain.runId());
    assertTrue(shown.contains("A rule started this run, as of 30 Jun 1998."), shown);
    assertTrue(shown.contains("Brier skill is 0.031 in two windows"));
    assertTrue(shown.contains("The rule: Brier skill at most 0.05."));
    assertTrue(shown.contains("It saw: Brier skill 0.031."));
    assertTrue(shown.contains(monitoring() + "?monitor=" + monitor));
    String alert = page(viewer, "/alerts/" + retrain.id());
    assertTrue(alert.contains("href=\"/runs/" + retrain.runId() + "\""));
    assertTrue(
        alert.contains(
            "Brier skill at most 0.05 in 2 windows in a row starts a new run, at most every 30 days; over at 0.08."),
        alert);
  }

  /** A second version under way, at its first step. */
  private static RolloutPlan begin(String name) {
    Scene.Play play = web.scene.playToApproval(web.scene.request(name));
    web.scene.decide(play, "approver");
    CommandRequest request =
        web.store
            .rollouts()
            .start(
                name,
                2,
                CANARY.formatted(
                    condition(Signal.ERROR_RATE.atMost(0.01)),
                    condition(Signal.SCORE_SHIFT.atMost(0.1))),
                by("engineer"),
                "v2 is better");
    long command = ((CommandRequest.Recorded) request).commandId();
    CommandOutcome outcome = web.store.routing(HaltPoint.NONE).shift(command);
    RolloutPlan plan = ((CommandOutcome.Begun) outcome).plan();
    RolloutActivities rollout = rollout();
    rollout.shiftTo(plan.rolloutId(), 1, 0, 5, "step 1 of 2");
    rollout.note(
        plan.rolloutId(),
        RolloutState.PROGRESSING,
        0,
        Instant.now().plus(Duration.ofMinutes(30)),
        "");
    return plan;
  }

  private static RolloutActivities rollout() {
    return web.store.rolloutActivities(HaltPoint.NONE);
  }

  private static String condition(Condition condition) {
    return Json.write(condition);
  }

  private static void look(RolloutPlan plan, int number, double errorRate, @Nullable Double shift) {
    List<RolloutAnalysis.Finding> findings = new ArrayList<>();
    Verdict errors = errorRate <= 0.01 ? Verdict.SUCCESS : Verdict.FAILURE;
    findings.add(
        new RolloutAnalysis.Finding(
            plan.promoteWhile().get(0), errorRate, 1_200, errors, "12 of 1,200 requests failed."));
    Verdict shifted =
        shift == null ? Verdict.INCONCLUSIVE : shift <= 0.1 ? Verdict.SUCCESS : Verdict.FAILURE;
    findings.add(
        new RolloutAnalysis.Finding(
            plan.promoteWhile().get(1), shift, 80, shifted, "80 scores, 500 are needed."));
    Verdict all = errors == Verdict.FAILURE ? errors : shifted;
    web.store
        .rollouts()
        .keep(plan.rolloutId(), number, 0, Instant.now(), new RolloutAnalysis(all, findings));
  }

  private static void traffic(String name) {
    List<ServiceSample> samples = new ArrayList<>();
    Instant now = Instant.now();
    for (int second = 0; second < 20; second++) {
      for (int version = 1; version <= 2; version++) {
        samples.add(
            new ServiceSample(
                "gateway-1",
                name,
                version,
                now.plusSeconds(second),
                LocalDate.of(1998, 4, 30),
                version == 1 ? 95 : 5,
                version == 1 ? 190 : 10,
                0,
                ""));
      }
    }
    web.store.service().store(samples);
  }

  @Test
  void shouldFollowARollout() {
    String name = web.live("rolling");
    RolloutPlan plan = begin(name);
    look(plan, 1, 0.0, null);
    look(plan, 2, 0.004, 0.02);
    traffic(name);
    String path = "/rollouts/" + plan.rolloutId();
    String shown = page(engineer, path);
    assertTrue(shown.contains(name + ": v2 takes over from v1"), shown);
    assertTrue(shown.contains("5 % of customers meet v2."));
    assertTrue(shown.contains("This step is held until"));
    assertTrue(shown.contains("class=\"area candidate\""));
    assertTrue(shown.contains("error rate at most 1 %"));
    assertTrue(shown.contains("Earlier looks: 1"), "the last look at a step stands open");
    assertTrue(shown.contains("All customers go back to v1, within a second."));
    assertTrue(shown.contains("data-follow=\"rollout:"), "it follows by itself");
    assertFalse(page(viewer, path).contains("name=\"wish\""));
    assertTrue(page(engineer, "/models/" + name).contains("95 % of customers meet v1"));
    assertTrue(page(engineer, "/").contains("Rollouts under way"));
    rollout().shiftTo(plan.rolloutId(), 2, 0, 0, "error rate is 4 %");
    rollout().end(plan.rolloutId(), RolloutState.ROLLED_BACK, "error rate is 4 %, bound 1 %");
    shown = page(engineer, path);
    assertTrue(shown.contains("No customer meets v2 any more."), shown);
    assertTrue(shown.contains("error rate is 4 %, bound 1 %."));
    assertFalse(shown.contains("data-follow"));
    assertFalse(shown.contains("name=\"wish\""));
    assertTrue(page(viewer, "/models/" + name + "/rollouts").contains("rolled back"));
  }

  @Test
  void shouldAskOnTheHomePageWhereARolloutWaits() {
    String name = web.live("asking");
    RolloutPlan plan = begin(name);
    rollout()
        .note(
            plan.rolloutId(),
            RolloutState.PAUSED,
            0,
            null,
            "Too little traffic: go on or go back?");
    String home = page(engineer, "/");
    assertTrue(home.contains(name + " v2"), home);
    assertTrue(home.contains("Too little traffic: go on or go back?"));
    assertTrue(page(engineer, "/rollouts/" + plan.rolloutId()).contains(">Resume</button>"));
    rollout().shiftTo(plan.rolloutId(), 2, 0, 0, "over");
    rollout().end(plan.rolloutId(), RolloutState.ABORTED, "over");
  }

  @Test
  void shouldSteerARolloutWithAReasonOnly() {
    String name = web.live("steering");
    RolloutPlan plan = begin(name);
    String path = "/rollouts/" + plan.rolloutId();
    String csrf = engineer.get(path).csrf();
    Http.Answer without =
        engineer.form(path + "/wishes", Map.of("csrf", csrf, "wish", "abort", "reason", " "));
    assertEquals(400, without.status());
    assertTrue(without.body().contains("Say why"));
    assertEquals(
        403,
        viewer
            .form(
                path + "/wishes",
                Map.of("csrf", viewer.get("/").csrf(), "wish", "abort", "reason", "no"))
            .status());
    CompletableFuture<Void> workflow = CompletableFuture.runAsync(() -> settle(plan));
    Http.Answer taken =
        engineer.form(
            path + "/wishes",
            Map.of("csrf", csrf, "wish", "abort", "reason", "customers complain"));
    workflow.join();
    assertEquals(303, taken.status(), taken.body());
    String shown = page(engineer, taken.header("Location"));
    assertTrue(shown.contains("Done: the rollout has taken it up."));
    assertTrue(shown.contains("customers complain"));
    assertTrue(shown.contains("No customer meets v2 any more."));
  }

  /** What the rollout's workflow does with a wish to abort. */
  private static void settle(RolloutPlan plan) {
    WebFixture.await("somebody asks", () -> !controls(plan).isEmpty());
    long control = controls(plan).get(0).id();
    assertEquals(
        List.of(RolloutControl.Kind.ABORT),
        rollout().unsettled(plan.rolloutId()).stream().map(RolloutControl::kind).toList());
    rollout().shiftTo(plan.rolloutId(), 2, 0, 0, "aborted by engineer");
    rollout()
        .end(plan.rolloutId(), RolloutState.ABORTED, "aborted by engineer: customers complain");
    rollout().settle(control, true, "All traffic is back at v1.");
  }

  private static List<RolloutDetail.Control> controls(RolloutPlan plan) {
    return web.store.rollouts().detail(plan.rolloutId()).orElseThrow().controls();
  }

  @Test
  void shouldKeepWhyAWayBackWasWantedWhereItIsRefused() {
    String name = web.live("no-way");
    web.scene.playToLive(web.scene.request(name));
    String path = "/models/" + name;

    Http.Answer refused =
        engineer.form(
            path + "/rollback",
            Map.of("csrf", engineer.get(path).csrf(), "to", "9", "reason", "Prices are wrong."));

    assertEquals(403, refused.status(), refused.body());
    assertTrue(refused.body().contains(">Prices are wrong.</textarea>"), refused.body());
  }

  @Test
  void shouldLeadToEveryOpenAlert() {
    String name = web.live("many-alerts");
    for (int i = 1; i <= 101; i++) {
      web.store
          .alerts()
          .open(
              new Alerts.NewAlert(
                  name,
                  null,
                  null,
                  "test/%s/%d".formatted(name, i),
                  "open-ticket",
                  "Cause %d.".formatted(i),
                  Map.of("psi", 0.31),
                  FEBRUARY));
    }
    String first = page(viewer, "/alerts?model=" + name);
    assertTrue(first.contains("Cause 2."), first);
    assertFalse(first.contains("Cause 1."), first);
    Matcher older = Pattern.compile("href=\"([^\"]+)\">Older open ones").matcher(first);
    assertTrue(older.find(), first);

    String second = page(viewer, older.group(1).replace("&amp;", "&"));
    assertTrue(second.contains("Cause 1."), second);
    assertFalse(second.contains("Cause 2."), second);
    assertFalse(second.contains("Older open ones"), second);
  }

  @Test
  void shouldTakeAnApprovalBack() {
    String name = web.live("revoking");
    Scene.Play play = web.scene.playToApproval(web.scene.request(name));
    web.scene.decide(play, "approver");
    String path = "/approvals/" + play.approvalId;
    assertFalse(page(engineer, path).contains(path + "/revoke"));
    String shown = page(approver, path);
    assertTrue(shown.contains("and is no way back"), shown);
    String csrf = approver.get(path).csrf();
    Http.Answer without = approver.form(path + "/revoke", Map.of("csrf", csrf, "reason", " "));
    assertEquals(400, without.status());
    assertTrue(without.body().contains("Revoking needs a reason."));
    Http.Answer taken =
        approver.form(path + "/revoke", Map.of("csrf", csrf, "reason", "wrong unit"));
    assertEquals(303, taken.status(), taken.body());
    shown = page(approver, taken.header("Location"));
    assertTrue(shown.contains("wrong unit"), shown);
    assertTrue(shown.contains(">revoked</span>"));
    assertFalse(shown.contains(path + "/revoke"));
    assertTrue(page(engineer, "/models/" + name).contains(">revoked</span>"));
    assertTrue(page(engineer, "/models/" + name + "/versions/2").contains(">revoked</span>"));
  }
}
