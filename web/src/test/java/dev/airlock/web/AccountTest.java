package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.local.PostgresServer;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** People, tokens, sessions and passwords, by pages and by REST. */
final class AccountTest {
  private static final Pattern CODE = Pattern.compile("<p><code>([^<]+)</code></p>");

  private static WebFixture web;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static Http.Answer send(
      Http browser, String page, String path, Map<String, String> fields) {
    Map<String, String> form = new HashMap<>(fields);
    form.put("csrf", browser.get(page).csrf());
    return browser.form(path, form);
  }

  private static String shown(Http.Answer answer) {
    Matcher matcher = CODE.matcher(answer.body());
    assertTrue(matcher.find(), answer.body());
    return matcher.group(1);
  }

  private static Http signedIn(String name, String password) {
    Http browser = web.browser();
    assertEquals(303, browser.signIn(name, password).status());
    return browser;
  }

  /** Makes a person by REST; answers the password for their first sign-in. */
  private static String make(String name, String role) {
    Http.Answer made =
        web.client("admin")
            .post(
                "/api/v1/people",
                "{\"name\":\"%s\",\"role\":\"%s\",\"teams\":[],\"reason\":\"new here\"}"
                    .formatted(name, role));
    assertEquals(201, made.status(), made.body());
    return made.json().path("password").asText();
  }

  @Test
  void shouldLeadANewPersonFromTheirFirstSignInToAPasswordOfTheirOwn() {
    String name = WebFixture.freshName("dora");
    Http admin = signedIn("admin", "password of admin");
    Http.Answer made =
        send(
            admin,
            "/settings/people",
            "/settings/people",
            Map.of("name", name, "role", "engineer", "teams", "growth", "reason", ""));
    String once = shown(made);
    assertFalse(admin.get("/settings/people/" + name).body().contains(once));

    Http browser = signedIn(name, once);
    Http.Answer home = browser.get("/");
    assertEquals(302, home.status());
    assertEquals("/settings", home.header("Location"));
    assertEquals(403, browser.get("/api/v1/runs").status());
    assertTrue(browser.get("/settings").body().contains("Somebody else has set your password"));

    assertEquals(
        400,
        send(
                browser,
                "/settings",
                "/settings/password",
                Map.of("current", once, "password", "short", "again", "short"))
            .status());
    assertEquals(
        403,
        send(
                browser,
                "/settings",
                "/settings/password",
                Map.of(
                    "current",
                    "guess",
                    "password",
                    "long enough for all",
                    "again",
                    "long enough for all"))
            .status());
    Http.Answer changed =
        send(
            browser,
            "/settings",
            "/settings/password",
            Map.of(
                "current",
                once,
                "password",
                "long enough for all",
                "again",
                "long enough for all"));
    assertEquals(303, changed.status(), changed.body());
    assertEquals(200, browser.get("/").status());
    assertEquals(401, web.browser().signIn(name, once).status());
    signedIn(name, "long enough for all");
  }

  @Test
  void shouldMakeAnApproverByTwoOnThePagesToo() {
    String name = WebFixture.freshName("erin");
    String once = make(name, "approver");
    Http admin = signedIn("admin", "password of admin");
    assertTrue(admin.get("/settings/people/" + name).body().contains("You asked for it"));
    JsonNode person = web.client("viewer").get("/api/v1/people/" + name).json();
    assertEquals("viewer", person.path("role").asText());
    long proposal = person.path("proposal").path("id").asLong();
    assertEquals(
        403, web.client("admin").post("/api/v1/proposals/" + proposal + "/confirm", "{}").status());

    Http approver = signedIn("approver", "password of approver");
    String early = approver.get("/settings/people/" + name).body();
    assertTrue(early.contains("once " + name + " has signed in and chosen a password"), early);
    assertFalse(early.contains(">Confirm<"), early);
    Http.Answer tooEarly =
        web.client("approver").post("/api/v1/proposals/" + proposal + "/confirm", "{}");
    assertEquals(403, tooEarly.status());
    assertTrue(tooEarly.body().contains("has not chosen a password yet"), tooEarly.body());
    choosesPassword(name, once, "long enough for all");
    String vouched = approver.get("/settings/people/" + name).body();
    assertTrue(vouched.contains("admin gave out a password for this account"), vouched);
    Http.Answer confirmed =
        send(
            approver,
            "/settings/people/" + name,
            "/settings/proposals/" + proposal,
            Map.of("confirmed", "true"));
    assertEquals(303, confirmed.status(), confirmed.body());
    assertEquals(
        "approver",
        web.client("viewer").get("/api/v1/people/" + name).json().path("role").asText());
  }

  /**
   * With an engineer, an approver and an admin, nobody confirms what the admin does to the
   * approver.
   */
  @Test
  void shouldWarnBeforeNobodyIsLeftWhoCouldConfirm() {
    try (WebFixture small = WebFixture.over(PostgresServer.temporary())) {
      Http program = small.client("admin");
      assertEquals(
          200, program.method("PATCH", "/api/v1/people/bob", "{\"disabled\":true}").status());
      Http.Answer refused =
          program.method("PATCH", "/api/v1/people/approver", "{\"disabled\":true}");
      assertEquals(409, refused.status(), refused.body());
      assertTrue(refused.body().contains("users/NAME.json"), refused.body());
      assertEquals(409, program.post("/api/v1/people/approver/password", "").status());
      Http admin = small.signedIn("admin");
      String page = admin.get("/settings/people/approver").body();
      assertTrue(page.contains("the last who can confirm what you ask for"), page);
      assertEquals(
          409,
          send(admin, "/settings", "/settings/people/approver/state", Map.of("disabled", "true"))
              .status());
      assertFalse(admin.get("/settings/people/engineer").body().contains("evenIfLast"));

      assertEquals(
          303,
          send(
                  admin,
                  "/settings",
                  "/settings/people/approver/state",
                  Map.of("disabled", "true", "evenIfLast", "true"))
              .status());
      Http.Answer enabled =
          program.method("PATCH", "/api/v1/people/approver", "{\"disabled\":false}");
      assertEquals("[]", enabled.json().at("/proposal/confirmers").toString(), enabled.body());
      assertTrue(
          admin.get("/settings/people").body().contains("Nobody can confirm this"), "people");
      assertEquals(
          200, program.post("/api/v1/people/approver/password", "{\"evenIfLast\":true}").status());
    }
  }

  @Test
  void shouldKeepAnAdminFromMakingHimselfApprover() {
    Http.Answer answer =
        web.client("admin").method("PATCH", "/api/v1/people/admin", "{\"role\":\"approver\"}");
    assertEquals(403, answer.status());
    assertTrue(answer.body().contains("ask another admin"), answer.body());
  }

  @Test
  void shouldShutOutWhoeverIsDisabledAtOnce() {
    String name = WebFixture.freshName("finn");
    String password = make(name, "engineer");
    Http browser = signedIn(name, password);
    assertEquals(
        200,
        web.client("admin")
            .method("PATCH", "/api/v1/people/" + name, "{\"disabled\":true}")
            .status());
    assertEquals("/sign-in?then=%2Fsettings", browser.get("/settings").header("Location"));
    assertEquals(401, web.browser().signIn(name, password).status());
  }

  @Test
  void shouldMakeATokenThatIsGoodForWhatItSaysAndNothingElse() {
    Http engineer = signedIn("engineer", "password of engineer");
    String name = WebFixture.freshName("nightly");
    Http.Answer page =
        send(
            engineer,
            "/settings",
            "/settings/tokens",
            Map.of("name", name, "days", "30", "reach", "some", "scope", "read"));
    String secret = shown(page);
    Http program = web.token(secret);
    assertEquals(200, program.get("/api/v1/runs").status());
    Http.Answer refused = program.method("PUT", "/api/v1/pools/some-pool", "{\"slots\":1}");
    assertEquals(403, refused.status());
    assertTrue(refused.body().contains("is good for read; this takes resize"), refused.body());
    assertEquals(403, program.post("/api/v1/tokens", "{\"name\":\"wider\"}").status());
    assertFalse(engineer.get("/settings").body().contains(secret));

    JsonNode tokens = web.client("engineer").get("/api/v1/tokens").json().path("items");
    JsonNode token = tokens.get(0);
    assertEquals(name, token.path("name").asText());
    assertFalse(token.path("lastUsedAt").asText().isEmpty());
    assertFalse(tokens.toString().contains("hash"));
    assertEquals(
        204,
        web.client("engineer")
            .post("/api/v1/tokens/" + token.path("id").asLong() + "/revoke", "{}")
            .status());
    assertEquals(401, program.get("/api/v1/runs").status());
  }

  @Test
  void shouldNameEveryFaultOfATokenThatCantBe() {
    Http.Answer answer =
        web.client("viewer")
            .post(
                "/api/v1/tokens",
                "{\"name\":\"\",\"scopes\":[\"start\",\"x\"],\"expiresInDays\":0}");
    assertEquals(400, answer.status());
    assertEquals(4, answer.json().path("errors").size(), answer.body());
  }

  @Test
  void shouldShowAdminsTheTokensOfAllAndNobodyElse() {
    assertEquals(403, web.client("engineer").get("/api/v1/tokens?of=all").status());
    String all = web.client("admin").get("/api/v1/tokens?of=all&limit=500").body();
    assertTrue(all.contains("users/bob.json"), all);
  }

  @Test
  void shouldListSessionsAndEndThem() {
    Http one = signedIn("bob", "password of bob");
    Http other = signedIn("bob", "password of bob");
    String page = one.get("/settings").body();
    assertTrue(page.contains("(this one)"), page);
    Matcher id = Pattern.compile("name=\"id\" value=\"(\\d+)\"").matcher(page);
    assertTrue(id.find());
    send(one, "/settings", "/settings/sessions/end", Map.of("id", id.group(1)));
    Http.Answer all = send(one, "/settings", "/settings/sessions/end", Map.of("id", "all"));
    assertEquals("/sign-in", all.header("Location"));
    assertEquals(302, one.get("/").status());
    assertEquals(302, other.get("/").status());
    assertEquals(
        404, web.client("bob").method("DELETE", "/api/v1/account/sessions/999999", "").status());
  }

  @Test
  void shouldResetAPasswordOnceAndLetTheRightToDecideRest() {
    String name = WebFixture.freshName("gwen");
    make(name, "engineer");
    Http.Answer reset = web.client("admin").post("/api/v1/people/" + name + "/password", "{}");
    assertEquals(200, reset.status(), reset.body());
    signedIn(name, reset.json().path("password").asText());
    assertEquals(
        404, web.client("admin").post("/api/v1/people/nobody-here/password", "{}").status());
  }

  @Test
  void shouldPageThroughPeopleByCursor() {
    make(WebFixture.freshName("page"), "viewer");
    JsonNode first = web.client("viewer").get("/api/v1/people?limit=2").json();
    String next = first.path("next").asText();
    JsonNode second = web.client("viewer").get("/api/v1/people?limit=2&cursor=" + next).json();
    assertTrue(
        first
                .path("items")
                .get(1)
                .path("name")
                .asText()
                .compareTo(second.path("items").get(0).path("name").asText())
            < 0);
    assertEquals(400, web.client("viewer").get("/api/v1/people?cursor=%00%25").status());
  }

  @Test
  void shouldRefuseWishesThatMakeNoSense() {
    Http admin = web.client("admin");
    for (String body :
        new String[] {
          "{}",
          "{\"name\":\"x\"}",
          "{\"name\":\"x\",\"role\":\"king\"}",
          "{\"name\":\"x\",\"role\":\"viewer\",\"teams\":[null]}",
          "{\"name\":\"É x\",\"role\":\"viewer\"}",
        }) {
      assertEquals(400, admin.post("/api/v1/people", body).status(), body);
    }
    assertEquals(
        403, admin.post("/api/v1/people", "{\"name\":\"ml-leads\",\"role\":\"viewer\"}").status());
    assertEquals(
        409, admin.post("/api/v1/people", "{\"name\":\"bob\",\"role\":\"viewer\"}").status());
    assertEquals(400, admin.method("PATCH", "/api/v1/people/bob", "{}").status());
    assertEquals(404, admin.post("/api/v1/proposals/x/confirm", "{}").status());
  }

  @Test
  void shouldShowWhatPipelinesConnectTo() {
    Http.Answer page = signedIn("viewer", "password of viewer").get("/settings/connections");
    assertEquals(200, page.status());
    assertTrue(page.body().contains("Values are known to workers alone"));
  }

  private static Http.Answer reset(String name) {
    Http.Answer reset = web.client("admin").post("/api/v1/people/" + name + "/password", "{}");
    assertEquals(200, reset.status(), reset.body());
    return reset;
  }

  /** Somebody who has chosen a password of their own; answers a browser of theirs. */
  private static Http settled(String name, String role, String password) {
    return choosesPassword(name, make(name, role), password);
  }

  private static Http choosesPassword(String name, String once, String password) {
    Http browser = signedIn(name, once);
    Http.Answer changed =
        send(
            browser,
            "/settings",
            "/settings/password",
            Map.of("current", once, "password", password, "again", password));
    assertEquals(303, changed.status(), changed.body());
    return browser;
  }

  private static String token(Http browser, String name) {
    return shown(send(browser, "/settings", "/settings/tokens", Map.of("name", name, "days", "")));
  }

  @Test
  void shouldEndTheTokensOfWhoeverIsReset() {
    String name = WebFixture.freshName("hugo");
    String token = token(settled(name, "engineer", "long enough for all"), "nightly");
    assertEquals(200, web.token(token).get("/api/v1/runs").status());
    reset(name);
    assertEquals(401, web.token(token).get("/api/v1/runs").status());
  }

  @Test
  void shouldRefuseTheTokenOfSomebodyWhoMustChooseAPassword() {
    String name = WebFixture.freshName("ines");
    String token = token(settled(name, "engineer", "long enough for all"), "nightly");
    WebFixture.asOwner("update person set must_change = true where name = '" + name + "'");
    Http.Answer refused = web.token(token).get("/api/v1/runs");
    assertEquals(403, refused.status());
    assertTrue(
        refused.body().contains("Somebody else has set the password of " + name), refused.body());
  }

  @Test
  void shouldTakeAOneTimePasswordForADayAndForAnHourOfItsUse() {
    String name = WebFixture.freshName("joan");
    String once = make(name, "viewer");
    Http first = signedIn(name, once);
    Http second = signedIn(name, once);
    assertEquals("/settings", second.get("/").header("Location"));
    assertEquals("/sign-in?then=%2Fsettings", first.get("/settings").header("Location"));
    WebFixture.asOwner(
        "update person set password_used_at = now() - interval '61 minutes' where name = '%s'"
            .formatted(name));
    Http.Answer late = web.browser().signIn(name, once);
    assertEquals(401, late.status());
    assertTrue(late.body().contains("good for a day, and for an hour after"), late.body());

    String another = reset(name).json().path("password").asText();
    WebFixture.asOwner(
        "update person set password_changed_at = now() - interval '25 hours' where name = '%s'"
            .formatted(name));
    assertEquals(401, web.browser().signIn(name, another).status());
  }

  @Test
  void shouldEndOnesTokensTogetherWithThePasswordWhereThatIsTicked() {
    String name = WebFixture.freshName("kim");
    Http browser = settled(name, "engineer", "long enough for all");
    String token = token(browser, "nightly");
    Map<String, String> form = new HashMap<>();
    form.put("current", "long enough for all");
    form.put("password", "another that is long");
    form.put("again", "another that is long");
    assertEquals(303, send(browser, "/settings", "/settings/password", form).status());
    assertEquals(200, web.token(token).get("/api/v1/runs").status());
    assertEquals(
        204,
        web.token(token)
            .post(
                "/api/v1/account/password",
                "{\"current\":\"another that is long\",\"password\":\"a third that is long\",\"endTokens\":true}")
            .status());
    assertEquals(401, web.token(token).get("/api/v1/runs").status());
    signedIn(name, "a third that is long");
  }

  @Test
  void shouldMakeNoTokenByATokenThatLastsLonger() {
    Http whole = web.client("engineer");
    String name = WebFixture.freshName("week");
    JsonNode week =
        whole
            .post("/api/v1/tokens", "{\"name\":\"%s\",\"expiresInDays\":7}".formatted(name))
            .json();
    assertFalse(week.path("expiresAt").asText().isEmpty());
    Http program = web.token(week.path("token").asText());
    for (String days : new String[] {"null", "8", "7"}) {
      Http.Answer refused =
          program.post("/api/v1/tokens", "{\"name\":\"x\",\"expiresInDays\":%s}".formatted(days));
      assertEquals(403, refused.status(), refused.body());
      assertTrue(refused.body().contains("expiresInDays can be 1 to 6"), refused.body());
    }
    String child = WebFixture.freshName("child");
    assertEquals(
        201,
        program
            .post("/api/v1/tokens", "{\"name\":\"%s\",\"expiresInDays\":6}".formatted(child))
            .status());
  }

  @Test
  void shouldChangeAllOfAPersonOrNothing() {
    String name = WebFixture.freshName("lena");
    make(name, "viewer");
    Http admin = web.client("admin");
    String person = "/api/v1/people/" + name;
    assertEquals(
        403, admin.method("PATCH", person, "{\"disabled\":true,\"teams\":[\"bob\"]}").status());
    assertTrue(admin.get(person).json().path("disabledAt").isNull());
    JsonNode changed =
        admin.method("PATCH", person, "{\"disabled\":true,\"role\":\"engineer\"}").json();
    assertFalse(changed.path("disabledAt").isNull());
    assertEquals("engineer", changed.path("role").asText());
  }

  @Test
  void shouldTellWhereOneIsWrittenToAndChangeIt() {
    String name = WebFixture.freshName("mona");
    Http program = web.token(token(settled(name, "viewer", "long enough for all"), "mail"));
    String path = "/api/v1/account/email";
    assertTrue(program.get(path).json().path("email").isNull());
    assertEquals(
        "mona@example.org",
        program
            .method("PUT", path, "{\"email\":\" mona@example.org\"}")
            .json()
            .path("email")
            .asText());
    Http.Answer wrong = program.method("PUT", path, "{\"email\":\"nobody\"}");
    assertEquals(400, wrong.status());
    assertEquals("email", wrong.json().path("errors").get(0).path("at").asText());
    assertEquals("mona@example.org", program.get(path).json().path("email").asText());
    assertTrue(program.method("PUT", path, "{\"email\":null}").json().path("email").isNull());
  }
}
