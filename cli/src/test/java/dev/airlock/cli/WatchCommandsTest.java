package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchCommandsTest {

  private static final String ROLLOUT =
      """
      {"id":3,"commandId":8,"model":"churn","version":2,"champion":1,"state":"%s","step":%d,
       "weight":%d,"steps":[{"weight":5,"hold":"PT30M"},{"weight":25,"hold":"PT2H"},{"weight":100,"hold":null}],
       "because":"%s","startedAt":"2026-01-01T00:00:00.25Z","endedAt":null}
      """;
  private static final String MONITORS =
      """
      {"items":[{"id":4,"model":"churn","name":"watch","every":"PT6H","runId":9,
       "logicalDate":"2026-01-01T00:00:00Z","paused":false,"lastAsOf":"1998-04-01T00:00:00Z"},
       {"id":5,"model":"spend","name":"watch","every":"PT24H","runId":11,
       "logicalDate":"2026-01-01T00:00:00Z","paused":true,"lastAsOf":null}],"next":null}
      """;

  private final Server server = new Server();
  private final Path folder;
  private final Home home;

  WatchCommandsTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.home = server.home(folder.resolve("home"));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Called airlock(String... arguments) {
    return server.airlock(home, arguments);
  }

  private static String rollout(String state, int step, int weight, String because) {
    return ROLLOUT.formatted(state, step, weight, because);
  }

  @Test
  void shouldListOpenAlertsAndWhatTheyLedTo() {
    String page =
        """
        {"items":[{"id":7,"model":"churn","state":"open","consequence":"retrain","runId":12,
         "openedAsOf":"1998-06-30T00:00:00Z","title":"brier_skill 0.03 is at most 0.05"}],"next":null}
        """;
    server.answers("GET /alerts?state=open", 200, page);
    server.answers("GET /alerts", 200, "{\"items\":[],\"next\":null}");

    assertEquals(
        List.of(
            "ALERT  ABOUT  STATE  LEADS TO          AS OF                 WHAT",
            "7      churn  open   retrain (run 12)  1998-06-30T00:00:00Z  brier_skill 0.03 is at most 0.05"),
        airlock("alerts").out().lines().toList());
    assertEquals("None.", airlock("alerts", "--all").out().strip());
  }

  @Test
  void shouldAcknowledgeInSomebodysName() {
    server.answers(
        "POST /alerts/7/acknowledge",
        200,
        "{\"id\":7,\"state\":\"acknowledged\",\"acknowledgedBy\":\"approver\",\"title\":\"Drift\"}");
    Called called = airlock("acknowledge", "7", "--as", "approver");
    assertEquals("Alert 7 is acknowledged by approver: Drift", called.out().strip(), called::err);
    String token = Server.token(home, "approver");
    assertTrue(server.requests().get(0).contains("Bearer " + token), server.requests()::toString);
  }

  @Test
  void shouldListMonitorsWithTheirLastLook() {
    server.answers("GET /monitors", 200, MONITORS);
    assertEquals(
        List.of(
            "MONITOR  MODEL  NAME   EVERY  LAST LOOK AS OF       PAUSED",
            "4        churn  watch  PT6H   1998-04-01T00:00:00Z",
            "5        spend  watch  PT24H                        paused"),
        airlock("monitors").out().lines().toList());
  }

  @Test
  void shouldHaveAMonitorLookAndSayWhatItMeasured() {
    server.answers("GET /monitors", 200, MONITORS);
    server.answers("POST /monitors/4/checks", 202, "{\"id\":6,\"state\":\"queued\"}");
    server.answers("GET /monitors/4/checks/6", 200, "{\"id\":6,\"state\":\"measured\"}");
    server.answers("GET /monitors/4/checks/6", 200, "{\"id\":6,\"state\":\"done\"}");
    server.answers(
        "GET /monitors/4",
        200,
        """
        {"id":4,"windows":[
         {"version":1,"opens":"1998-01-01T00:00:00Z","aspect":"drift","sufficient":true,"rows":9000,
          "figures":{"psi":0.25},"checkId":5},
         {"version":1,"opens":"1998-02-01T00:00:00Z","aspect":"drift","sufficient":true,"rows":9000,
          "figures":{"psi":0.31,"ks":0.2},"checkId":6},
         {"version":1,"opens":"1998-02-01T00:00:00Z","aspect":"service","sufficient":false,"rows":3,
          "figures":{},"checkId":6}]}
        """);

    Called called = airlock("monitors", "--check", "4", "--as-of", "1998-04-01");

    assertEquals(0, called.exit(), called::err);
    assertEquals(
        List.of(
            "VERSION  WINDOW      ASPECT   ROWS   FIGURES",
            "1        1998-02-01  drift    9,000  psi 0.310, ks 0.200",
            "1        1998-02-01  service  3      insufficient data"),
        called.out().lines().toList());
    assertTrue(
        server.requests().get(1).endsWith("{\"asOf\":\"1998-04-01\"}"),
        server.requests()::toString);
  }

  @Test
  void shouldFindAMonitorInALaterPartOfTheList() {
    server.answers("GET /monitors", 200, MONITORS.replace("null}\n", "\"a=b\"}\n"));
    server.answers(
        "GET /monitors?cursor=a%3Db",
        200,
        """
        {"items":[{"id":501,"model":"late","name":"last"}],"next":null}
        """);
    server.answers("POST /monitors/501/checks", 202, "{\"id\":6,\"state\":\"queued\"}");
    server.answers("GET /monitors/501/checks/6", 200, "{\"id\":6,\"state\":\"done\"}");
    server.answers("GET /monitors/501", 200, "{\"id\":501,\"windows\":[]}");

    Called called = airlock("monitors", "--check", "last", "--as-of", "1998-04-01");

    assertEquals(0, called.exit(), called::err);
    assertTrue(called.out().startsWith("Nothing new"), called::out);
  }

  @Test
  void shouldAskForANumberWhenANameIsNotOneMonitors() {
    server.answers("GET /monitors", 200, MONITORS);
    Called twice = airlock("monitors", "--check", "watch", "--as-of", "1998-04-01");
    assertEquals(2, twice.exit());
    assertTrue(twice.err().contains("4 watch of churn, 5 watch of spend"), twice::err);
    assertEquals(2, airlock("monitors", "--check", "none", "--as-of", "1998-04-01").exit());
    assertEquals(2, airlock("monitors", "--check", "4").exit());
    assertEquals(2, airlock("monitors", "--as-of", "1998-04-01").exit());
    assertTrue(server.requests().stream().allMatch(request -> request.startsWith("GET")));
  }

  @Test
  void shouldListRolloutsOfAModel() {
    server.answers(
        "GET /rollouts?model=churn",
        200,
        "{\"items\":[" + rollout("ROLLED_BACK", 0, 0, "score_shift") + "],\"next\":null}");
    assertEquals(
        "3        churn  v2       v1    rolled-back  1 of 3  0 %     2026-01-01T00:00:00Z  score_shift",
        airlock("rollouts", "churn").out().lines().toList().get(1));
  }

  @Test
  void shouldShowARolloutStepByStep() {
    server.answers(
        "GET /rollouts/3",
        200,
        """
        {"rollout":%s,
         "shifts":[{"sequence":1,"step":0,"weight":5},{"sequence":2,"step":1,"weight":25}],
         "looks":[{"number":1,"step":0,"verdict":"inconclusive","findings":[{"detail":"too few"}]},
          {"number":2,"step":0,"verdict":"success","findings":[{"detail":"score_shift 0.01"}]}],
         "controls":[{"kind":"PAUSE","requestedBy":"engineer","requestedAt":"2026-01-01T00:00:05Z","answer":"Stays at 25 %%."}]}
        """
            .formatted(rollout("paused", 1, 25, "asked by engineer")));

    Called called = airlock("rollout", "3");

    assertEquals(
        List.of(
            "v2 paused, step 2 of 3, 25 % of customers: asked by engineer",
            "STEP  CUSTOMERS  LOOKS  VERDICT      FINDINGS",
            "1     5 %        2      success      score_shift 0.01",
            "2     25 %       0",
            "3     100 %      0      not reached",
            "2026-01-01T00:00:05Z  pause by engineer: Stays at 25 %."),
        called.out().lines().toList(),
        called::err);
  }

  @Test
  void shouldEndARolloutInSomebodysNameWithAReason() {
    server.answers("POST /rollouts/3/abort", 200, "{\"answer\":\"All traffic is back at v1.\"}");
    server.answers("POST /rollouts/3/pause", 202, "{\"answer\":\"\"}");
    server.answers("POST /rollouts/3/promote", 409, "{\"detail\":\"Rollout 3 is over.\"}");

    Called abort = airlock("rollout", "3", "abort", "--as", "approver", "--reason", "Too slow");
    assertEquals("Rollout 3: All traffic is back at v1.", abort.out().strip(), abort::err);
    assertTrue(server.requests().get(0).endsWith("{\"reason\":\"Too slow\"}"));
    assertTrue(airlock("rollout", "3", "pause").out().contains("recorded, taking effect"));

    Called late = airlock("rollout", "3", "promote");
    assertEquals(1, late.exit());
    assertEquals("Rollout 3 is over.", late.err().strip());
    assertEquals(2, airlock("rollout", "3", "explode").exit());
  }

  @Test
  void shouldFollowACanaryAndSayWhyItWasRolledBack() {
    server.answers("GET /pipelines/churn", 200, "{\"graph\":{\"params\":[]}}");
    server.answers("POST /pipelines/churn/runs", 201, "{\"id\":9}");
    server.answers("GET /runs/9", 200, run("running", "running", ""));
    server.answers("GET /runs/9", 200, run("running", "running", ""));
    server.answers("GET /runs/9", 200, run("failed", "failed", "score_shift is 0.9, at most 0.1"));
    server.answers(
        "GET /rollouts?model=churn",
        200,
        "{\"items\":[" + rollout("progressing", 0, 5, "") + "],\"next\":null}");
    server.answers(
        "GET /rollouts?model=churn",
        200,
        "{\"items\":[" + rollout("progressing", 1, 25, "") + "],\"next\":null}");

    Called called = airlock("run", "churn", "--wait");

    assertEquals(1, called.exit());
    assertTrue(called.err().contains("go-live: score_shift is 0.9, at most 0.1"), called::err);
    List<String> lines = called.out().lines().filter(line -> line.contains("go-live")).toList();
    assertEquals(3, lines.size(), called::out);
    assertTrue(lines.get(0).contains("v2 progressing, step 1 of 3, 5 % of customers"));
    assertTrue(lines.get(1).contains("v2 progressing, step 2 of 3, 25 % of customers"));
    assertTrue(lines.get(2).contains("score_shift is 0.9, at most 0.1"));
  }

  private static String run(String state, String stage, String error) {
    return """
    {"id":9,"state":"%s","stages":[
     {"name":"promote","kind":"approval","state":"succeeded","startedAt":null,
      "output":{"is":"approved","version":{"model":"churn","version":2},"approvedBy":["approver"]}},
     {"name":"go-live","kind":"deploy","state":"%s","startedAt":"2026-01-01T00:00:00Z",
      "endedAt":"2026-01-01T00:00:02Z","error":{"message":"%s","details":[]}}]}
    """
        .formatted(state, stage, error);
  }

  private Path feedback(String... lines) throws IOException {
    return Files.writeString(folder.resolve("outcomes.csv"), String.join("\n", lines) + "\n");
  }

  private static String id(int last) {
    return "00000000-0000-0000-0000-00000000000" + last;
  }

  @Test
  void shouldNameEachRefusedLineByItsNumberAndSendTheRest() throws IOException {
    server.answers(
        "POST /feedback",
        202,
        """
        {"counted":1,"late":0,"duplicate":0,"conflict":0,"tooEarly":1,"unknown":1,"invalid":0,"items":[
         {"state":"counted"},{"state":"unknown"},
         {"state":"too-early","detail":"It matures at 1998-06-29T00:00:00Z."}]}
        """);
    Path file =
        feedback(
            "\uFEFFprediction_id,label,value,at",
            id(1) + ",1,12.5,1998-05-01T00:00:00Z",
            "nobody,1,,1998-05-01",
            "\"" + id(2) + "\",0,,1998-05-01",
            "",
            id(3) + ",0,0,1998-05-01",
            id(4) + ",much,0,1998-05-01",
            id(5) + ",1,0,yesterday",
            id(6) + ",1");

    Called called = airlock("feedback", file.toString());

    assertEquals(1, called.exit());
    assertEquals(
        List.of(
            "line 3: prediction_id is 'nobody', expected a UUID",
            "line 6: It matures at 1998-06-29T00:00:00Z.",
            "line 7: label is 'much', expected a number",
            "line 8: at is 'yesterday', expected a moment such as 1998-04-30T00:00:00Z or a date",
            "line 9: 2 columns, expected 4",
            "1 counted, 1 kept for predictions that are not there yet, 1 too early, 4 invalid."),
        called.out().lines().toList());
    assertTrue(called.err().contains("5 of 7 lines"), called::err);
    String sent = server.requests().get(0);
    assertTrue(sent.contains("{\"predictionId\":\"" + id(1) + "\",\"label\":1.0"), sent);
    assertTrue(sent.contains("\"at\":\"1998-05-01T00:00:00Z\",\"value\":12.5}"), sent);
    assertFalse(sent.contains(id(4)), sent);
  }

  @Test
  void shouldSendALongFileInBatches() throws IOException {
    server.answers("POST /feedback", 202, "{\"counted\":10000,\"items\":[]}");
    server.answers("POST /feedback", 202, "{\"counted\":1,\"items\":[]}");
    StringBuilder text = new StringBuilder("at,label,prediction_id\n");
    for (int i = 0; i <= 10_000; i++) {
      text.append("1998-05-01,1,").append("00000000-0000-0000-0000-%012d%n".formatted(i));
    }
    Path file = Files.writeString(folder.resolve("long.csv"), text);

    Called called = airlock("feedback", file.toString(), "--json");

    assertEquals(0, called.exit(), called::err);
    assertEquals(10_001, Api.parse(called.out()).path("counted").asLong());
    assertEquals(2, server.requests().size());
  }

  @Test
  void shouldSendNothingWhenTheHeadingIsWrong() throws IOException {
    Called called = airlock("feedback", feedback("id,label,value,at").toString());
    assertEquals(2, called.exit());
    assertTrue(called.err().contains("line 1: there is no column prediction_id"), called::err);
    assertEquals(2, airlock("feedback", folder.resolve("none.csv").toString()).exit());
    assertEquals(List.of(), server.requests());
  }

  @Test
  void shouldLetAPipelineRegisterVersionsOfAModel() {
    server.answers(
        "POST /models/churn/pipelines",
        200,
        "{\"pipelines\":[{\"pipeline\":\"churn\"},{\"pipeline\":\"churn-quick\"}]}");

    Called called = airlock("models", "allow", "churn", "churn-quick", "--reason", "Ours, too");
    assertEquals(
        "Versions of churn are registered by: churn, churn-quick",
        called.out().strip(),
        called::err);
    airlock("models", "disallow", "churn", "churn-quick", "--reason", "Done");

    assertTrue(server.requests().get(0).contains("\"allowed\":true"), server.requests()::toString);
    assertTrue(server.requests().get(1).contains("\"allowed\":false"), server.requests()::toString);
    assertEquals(2, airlock("models", "allow", "churn", "churn-quick").exit());
  }

  @Test
  void shouldFollowAListToItsEndAndSayWhereItWasCut() {
    String page = "{\"items\":[{\"name\":\"%s\"},{\"name\":\"%s\"}],\"next\":%s}";
    server.answers("GET /models", 200, page.formatted("a", "b", "\"c+1\""));
    server.answers("GET /models?cursor=c%2B1", 200, page.formatted("c", "d", "null"));

    Called all = airlock("models");
    assertEquals(5, all.out().lines().count(), all::out);
    Called cut = airlock("models", "--limit", "3");
    assertEquals(
        "These are the first 3; there are more: --limit 6 shows twice as many.",
        cut.out().lines().skip(4).findFirst().orElse(""),
        cut::out);
    assertTrue(airlock("models", "--limit", "2", "--json").out().contains("\"more\" : true"));
    assertEquals(2, airlock("models", "--limit", "0").exit());
  }
}
