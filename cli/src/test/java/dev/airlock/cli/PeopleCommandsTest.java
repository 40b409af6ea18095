package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People and tokens on the command line. */
final class PeopleCommandsTest {
  private static final String ADA =
      "{\"name\":\"ada\",\"role\":\"viewer\",\"teams\":[\"risk\"],\"disabledAt\":null,\"lastSeenAt\":null,\"mustChange\":true,\"proposal\":{\"id\":7,\"role\":\"approver\",\"confirmers\":[\"bob\",\"carol\"]}}";

  private final Server server = new Server();
  private final Home home;

  PeopleCommandsTest(@TempDir Path folder) throws IOException {
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
  void shouldPrintANewTokenAndNothingElse() {
    server.answers("POST /tokens", 201, "{\"id\":3,\"name\":\"nightly\",\"token\":\"airlock_x\"}");
    Called called = airlock("token", "create", "nightly", "--scope", "read,start", "--days", "30");
    assertEquals("airlock_x", called.out().strip(), called::err);
    assertTrue(
        server
            .requests()
            .get(0)
            .endsWith(
                "{\"name\":\"nightly\",\"scopes\":[\"read\",\"start\"],\"expiresInDays\":30}"),
        server.requests()::toString);
  }

  @Test
  void shouldListTokensAndRevokeOne() {
    server.answers(
        "GET /tokens?limit=500",
        200,
        "{\"items\":[{\"id\":3,\"person\":\"engineer\",\"name\":\"nightly\",\"scopes\":[\"read\"],\"expiresAt\":null,\"lastUsedAt\":\"2026-01-02T03:04:05.678Z\",\"revokedAt\":null}],\"next\":null}");
    server.answers("POST /tokens/3/revoke", 204, "");
    assertEquals(
        List.of(
            "NUMBER  OWNER     NAME     GOOD FOR  EXPIRES  LAST USED             REVOKED",
            "3       engineer  nightly  read      never    2026-01-02T03:04:05Z"),
        airlock("token", "list").out().lines().map(String::stripTrailing).toList());
    assertEquals("Revoked.", airlock("token", "revoke", "3").out().strip());
  }

  @Test
  void shouldMakeAPersonAndSayWhoMustConfirmIt() {
    server.answers("POST /people", 201, "{\"person\":" + ADA + ",\"password\":\"once\"}");
    Called called =
        airlock("user", "add", "ada", "--role", "approver", "--team", "risk", "--as", "engineer");
    assertEquals(
        List.of(
            "ada is viewer.",
            "To be approver as soon as ada has signed in and chosen a password, and bob or carol confirms it: airlock user confirm ada --as USER",
            "Password for the first sign-in: once"),
        called.out().lines().toList(),
        called::err);
  }

  @Test
  void shouldSayWhenNobodyIsLeftWhoCouldConfirm() {
    server.answers(
        "POST /people/ada/password",
        409,
        "{\"title\":\"x\",\"status\":409,\"detail\":\"After this nobody but admin\"}");
    Called refused = airlock("user", "reset", "ada", "--as", "engineer");
    assertEquals(1, refused.exit());
    assertTrue(refused.err().contains("After this nobody but admin"), refused::err);
    String alone = ADA.replace("[\"bob\",\"carol\"]", "[]");
    server.answers("PATCH /people/ada", 200, alone);
    Called called = airlock("user", "disable", "ada", "--even-if-last", "--as", "engineer");
    assertTrue(called.out().contains("nobody can confirm it"), () -> called.out() + called.err());
    assertTrue(
        server.requests().get(1).contains("\"evenIfLast\":true"), server.requests()::toString);
  }

  @Test
  void shouldConfirmWhatIsAskedForAPerson() {
    server.answers("GET /people/ada", 200, ADA);
    server.answers("POST /proposals/7/confirm", 204, "");
    Called called = airlock("user", "confirm", "ada", "--as", "engineer");
    assertTrue(called.out().startsWith("ada is viewer."), called::err);
    assertTrue(
        server.requests().stream().anyMatch(request -> request.contains("/proposals/7/confirm")),
        server.requests()::toString);
  }

  @Test
  void shouldSayWhatCanBeDoneWithTokens() {
    assertEquals(2, airlock("token").exit());
  }

  @Test
  void shouldSayWhereOneIsWrittenTo() {
    server.answers("PUT /account/email", 200, "{\"email\":\"ada@example.org\"}");
    assertEquals(
        "engineer is written to at ada@example.org.",
        airlock("user", "email", "ada@example.org", "--as", "engineer").out().strip());
    assertTrue(
        server.requests().get(0).endsWith("{\"email\":\"ada@example.org\"}"),
        server.requests()::toString);
    server.answers("GET /account/email", 200, "{\"email\":null}");
    assertEquals(
        "engineer gets no mail.", airlock("user", "email", "--as", "engineer").out().strip());
  }
}
