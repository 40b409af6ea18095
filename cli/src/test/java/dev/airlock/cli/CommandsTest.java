package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandsTest {

  private final Server server = new Server();
  private final Path folder;
  private final Home home;

  CommandsTest(@TempDir Path folder) throws IOException {
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

  @Test
  void shouldListInColumnsOrAsTheServersJson() {
    String page =
        """
        {"items":[{"name":"churn","version":3,"owner":"growth","lastRunId":41,"lastRunState":"waiting"}],"next":null}
        """;
    server.answers("GET /pipelines", 200, page);
    server.answers(
        "GET /publications",
        200,
        """
        {"items":[{"fileName":"Churn.java","state":"refused","folder":"/pipelines",
                   "problems":["Churn.java:12:5: ';' expected"]},
                  {"fileName":"Sent.jar","state":"refused","folder":null,"problems":["x"]}]}
        """);

    Called table = airlock("pipelines");
    assertEquals(0, table.exit());
    assertEquals(
        List.of(
            "PIPELINE  VERSION  OWNER   LAST RUN  STATE",
            "churn     3        growth  41        waiting",
            "✗ Churn.java can't be published as it is:",
            "  Churn.java:12:5: ';' expected"),
        table.out().lines().toList());

    assertEquals(Api.parse(page), Api.parse(airlock("pipelines", "--json").out()));
  }

  @Test
  void shouldEndWith3WhenNothingAnswers() {
    server.close();
    Called called = airlock("runs");
    assertEquals(3, called.exit());
    assertTrue(called.err().contains(server.url().toString()), called::err);
    assertTrue(called.err().contains("airlock up"), called::err);
  }

  @Test
  void shouldEndWith3WhenThereIsNoSystemInTheHome() {
    Called called = Called.airlock("runs", "--home", folder.resolve("nowhere").toString());
    assertEquals(3, called.exit());
    assertTrue(called.err().contains("nowhere"), called::err);
  }

  @Test
  void shouldSayWhatTheServerSaysWhenItRefuses() {
    server.answers(
        "POST /runs/7/cancel",
        409,
        """
        {"detail":"Run 7 has ended already.","errors":[{"at":"run","detail":"is succeeded"}]}
        """);
    Called called = airlock("cancel", "7");
    assertEquals(1, called.exit());
    assertEquals("Run 7 has ended already.\n  run: is succeeded", called.err().strip());
  }

  @Test
  void shouldDecideWithThatPersonsOwnTokenAndTheDigestThatWasShown() {
    server.answers("GET /approvals/5", 200, "{\"model\":\"m\",\"version\":2,\"digest\":\"abc\"}");
    server.answers(
        "POST /approvals/5/decisions",
        200,
        "{\"approval\":{\"state\":\"APPROVED\"},\"detail\":\"Counted.\"}");

    Called called = airlock("approve", "5", "--as", "approver", "--reason", "Fine");

    assertEquals(0, called.exit(), called::err);
    assertEquals("m v2 is approved. Counted.", called.out().strip());
    String sent = server.requests().get(1);
    assertTrue(sent.contains("Bearer " + Server.token(home, "approver")), sent);
    assertTrue(sent.contains("\"digest\":\"abc\""), sent);
    assertTrue(sent.contains("\"decision\":\"approve\""), sent);
  }

  @Test
  void shouldTakeBackTheVoteThatStands() {
    server.answers(
        "GET /approvals/5",
        200,
        """
        {"decisions":[
          {"id":1,"person":"approver","outcome":"refused","withdrawnAt":null},
          {"id":2,"person":"approver","outcome":"counted","withdrawnAt":"2026-01-01T00:00:00Z"},
          {"id":3,"person":"bob","outcome":"counted","withdrawnAt":null},
          {"id":4,"person":"approver","outcome":"counted","withdrawnAt":null}]}
        """);
    server.answers("POST /approvals/5/decisions/4/withdraw", 200, "{\"detail\":\"Withdrawn.\"}");

    Called called = airlock("withdraw", "5", "--as", "approver", "--reason", "I looked again");

    assertEquals(0, called.exit(), called::err);
    assertEquals("The vote of approver is taken back. Withdrawn.", called.out().strip());
    assertEquals(1, airlock("withdraw", "5", "--as", "engineer", "--reason", "No").exit());
  }

  @Test
  void shouldSignAPolicyWithTheBoundsAsTheyAreWritten() {
    server.answers(
        "POST /pipelines/churn/policies",
        201,
        "{\"id\":3,\"signedBy\":\"approver\",\"stage\":\"promote\",\"version\":7}");

    Called called =
        airlock(
            "policy",
            "churn",
            "--as",
            "approver",
            "--reason",
            "Nightly",
            "--stage",
            "promote",
            "--bound",
            "auc>=0.7",
            "--bound",
            "log_loss<=0.4",
            "--bound",
            "pr_auc>=champion-0.01",
            "--bound",
            "brier<=champion");

    assertEquals(0, called.exit(), called::err);
    String sent = server.requests().get(0);
    assertTrue(sent.contains("\"comparison\":\"not-below-champion-by\""), sent);
    assertTrue(sent.contains("0.01"), sent);
    assertTrue(sent.contains("\"comparison\":\"not-above-champion-by\""), sent);
    assertTrue(sent.contains("\"comparison\":\"at-least\""), sent);
    assertTrue(sent.contains("\"metric\":\"log_loss\""), sent);
    Called wrong =
        airlock("policy", "churn", "--as", "approver", "--reason", "R", "--bound", "auc>0.7");
    assertEquals(2, wrong.exit());
    assertTrue(wrong.err().contains("auc>=champion-0.01"), wrong::err);
  }

  @Test
  void shouldEndWith2WhenNobodyIsNamedOrNobodyHasThatName() {
    assertEquals(2, airlock("approve", "5", "--reason", "Fine").exit());
    Called called = airlock("reject", "5", "--as", "stranger", "--reason", "Fine");
    assertEquals(2, called.exit());
    assertTrue(called.err().contains("stranger.json"), called::err);
    assertEquals(List.of(), server.requests());
  }

  @Test
  void shouldNameFilesOfThisMachineAbsolutelyWhenARunIsStarted() throws IOException {
    server.answers(
        "GET /pipelines/churn",
        200,
        """
        {"graph":{"params":[{"name":"rows","type":"URI"},{"name":"label","type":"TEXT"}]}}
        """);
    server.answers("POST /pipelines/churn/runs", 201, "{\"id\":9}");
    Path file = Files.writeString(folder.resolve("rows.csv"), "a\n1\n");

    Called called =
        airlock("run", "churn", "--param", "rows=" + file, "--param", "label=./x", "--json");

    assertEquals("{\"id\":9}", called.out().strip(), called::err);
    String sent = server.requests().get(1);
    assertTrue(sent.contains("\"rows\":\"" + file.toUri() + "\""), sent);
    assertTrue(sent.contains("\"label\":\"./x\""), sent);
  }

  @Test
  void shouldSendNothingWhenTheFileIsNotThere() {
    server.answers(
        "GET /pipelines/churn",
        200,
        "{\"graph\":{\"params\":[{\"name\":\"rows\",\"type\":\"URI\"}]}}");
    Called called = airlock("run", "churn", "--param", "rows=./none.csv");
    assertEquals(2, called.exit());
    assertTrue(called.err().contains("none.csv"), called::err);
    assertEquals(1, server.requests().size());
  }

  @Test
  void shouldFollowARunThroughAnOutageAndEndWith1WhenItFails() {
    server.answers("GET /pipelines/churn", 200, "{\"graph\":{\"params\":[]}}");
    server.answers("POST /pipelines/churn/runs", 201, "{\"id\":9}");
    server.answers("GET /runs/9", 200, run("running", "running", ""));
    server.answers("GET /runs/9", 503, "{\"detail\":\"PostgreSQL is away.\"}");
    server.answers(
        "GET /runs/9", 200, run("failed", "failed", "row 3, column amount: 'x' is no number"));

    Called called = airlock("run", "churn", "--wait");

    assertEquals(1, called.exit());
    assertTrue(called.err().contains("raw: row 3, column amount: 'x' is no number"), called::err);
    assertEquals(
        List.of("▶ raw", "✗ raw"),
        called.out().lines().skip(1).map(line -> line.strip().substring(0, 5)).toList());
    assertFalse(called.out().contains("\u001b"), "no colours where nobody watches");
  }

  private static String run(String state, String stage, String error) {
    return """
    {"id":9,"state":"%s","stages":[{"name":"raw","state":"%s","attempt":1,
     "startedAt":"2026-01-01T00:00:00Z","endedAt":"2026-01-01T00:00:02Z",
     "error":{"message":"%s","details":[]}}]}
    """
        .formatted(state, stage, error);
  }

  @Test
  void shouldEndWith1AndEveryProblemWhenAPublicationIsRefused() throws IOException {
    Path jar = Files.writeString(folder.resolve("mine.jar"), "PK");
    server.answers("POST /publications?file=mine.jar", 201, "{\"id\":4,\"state\":\"RECEIVED\"}");
    server.answers("GET /publications/4", 200, "{\"id\":4,\"state\":\"RECEIVED\"}");
    server.answers(
        "GET /publications/4",
        200,
        "{\"id\":4,\"state\":\"REFUSED\",\"problems\":[\"one\",\"two\"]}");
    Called called = airlock("publish", jar.toString());
    assertEquals(1, called.exit());
    assertTrue(called.err().contains("one\n  two"), called::err);
  }

  @Test
  void shouldWarnWhoeverPublishesOfAnOwnerWhoIsNobody() throws IOException {
    Path jar = Files.writeString(folder.resolve("mine.jar"), "PK");
    server.answers("POST /publications?file=mine.jar", 201, "{\"id\":4,\"state\":\"RECEIVED\"}");
    server.answers(
        "GET /publications/4",
        200,
        "{\"id\":4,\"state\":\"PUBLISHED\",\"pipelines\":[\"churn\",\"spend\"]}");
    server.answers(
        "GET /pipelines/churn", 200, "{\"ownerNote\":\"No team here is called ml-laeds.\"}");
    server.answers("GET /pipelines/spend", 200, "{\"ownerNote\":null}");
    for (String list : List.of("secrets", "connections", "queues")) {
      server.answers("GET /" + list, 200, "{\"items\":[],\"next\":null}");
    }

    assertEquals(
        List.of("Published mine.jar.", "Warning: No team here is called ml-laeds."),
        airlock("publish", jar.toString()).out().lines().toList());
  }

  @Test
  void shouldListSecretsByNameAndWarnOfThoseThatNobodyHas() throws IOException {
    Path jar = Files.writeString(folder.resolve("mine.jar"), "PK");
    server.answers(
        "GET /secrets",
        200,
        """
        {"items":[
          {"kind":"secret","name":"hook","sources":["AIRLOCK_SECRETS_HOOK"],"faults":[],"usedBy":["shop/notify"]},
          {"kind":"secret","name":"token","sources":[],"faults":[],"usedBy":["shop/send"]}],"next":null}
        """);
    server.answers("GET /connections", 200, "{\"items\":[],\"next\":null}");
    server.answers(
        "GET /queues",
        200,
        """
        {"items":[
          {"name":"gpu","taken":false,"usedBy":["shop/train"]},
          {"name":"team-growth","taken":true,"usedBy":["shop/send"]}],"next":null}
        """);
    server.answers("POST /publications?file=mine.jar", 201, "{\"id\":4,\"state\":\"RECEIVED\"}");
    server.answers("GET /publications/4", 200, "{\"id\":4,\"state\":\"PUBLISHED\"}");

    assertEquals(
        List.of(
            "NAME   FROM                  NEEDED BY",
            "hook   AIRLOCK_SECRETS_HOOK  shop/notify",
            "token  missing               shop/send"),
        airlock("secrets").out().lines().toList());
    assertEquals("None.", airlock("connections").out().strip());
    assertEquals(
        List.of(
            "Published mine.jar.",
            "Warning: The secret 'token', which shop/send needs: no worker has it.",
            "Warning: The queue 'gpu', which shop/train is for: no worker takes it. Start one with AIRLOCK_QUEUES=gpu."),
        airlock("publish", jar.toString()).out().lines().toList());
  }

  @Test
  void shouldRefuseATokenThatOthersCanRead() throws IOException {
    server.answers("GET /pipelines", 200, "{\"items\":[],\"next\":null}");
    server.answers("GET /publications", 200, "{\"items\":[],\"next\":null}");
    Path file = home.users().resolve("engineer.json");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    Called called = airlock("pipelines");

    assertEquals(2, called.exit());
    assertTrue(called.err().contains("Run: chmod 600 " + file), called::err);
    assertEquals(List.of(), server.requests());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    assertEquals(0, airlock("pipelines").exit());
  }

  @Test
  void shouldNeverSayWhatStandsInAFileThatHoldsAToken() throws IOException {
    Path file = home.users().resolve("engineer.json");
    String token = Server.token(home, "engineer");
    for (String broken : List.of("{\"token\": " + token, "{\"token\":\"" + token + "\"}")) {
      Files.writeString(file, broken);
      Called called = airlock("runs");
      assertEquals(2, called.exit());
      assertTrue(called.err().contains(file.toString()), called::err);
      assertTrue(called.err().contains("delete it"), called::err);
      assertFalse(called.err().contains(token), called::err);
    }
  }

  @Test
  void shouldSayWhichPartOfARunningSystemIsAway() {
    StateFile.of(home)
        .write(
            new StateFile.State(
                StateFile.Entry.of(ProcessHandle.current(), 8080),
                server.url().toString(),
                false,
                Map.of()));
    server.answers(
        "GET /ready",
        503,
        """
        {"postgres":{"ready":true,"detail":null},
         "temporal":{"ready":false,"detail":"Temporal does not answer."},"ready":false}
        """);
    server.answers("GET /ready", 200, "{\"postgres\":{\"ready\":true},\"ready\":true}");

    Called away = airlock("status");
    assertEquals(1, away.exit());
    assertEquals(
        "Not ready at %s:\n  temporal: Temporal does not answer.".formatted(server.url()),
        away.err().strip());
    assertTrue(airlock("status").out().contains("Ready at " + server.url()));
  }

  @Test
  void shouldTellWrongUseFromFailure() {
    assertEquals(2, Called.airlock("nonsense").exit());
    assertEquals(2, Called.airlock().exit());
    assertEquals(2, Called.airlock("check", folder.resolve("none.jar").toString()).exit());
    assertEquals(2, Called.airlock("new", "Bad_Name").exit());
    assertEquals(0, Called.airlock("--version").exit());
    assertEquals(3, airlock("status").exit());
    assertEquals(0, airlock("down").exit());
  }
}
