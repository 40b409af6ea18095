package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.FreePorts;
import dev.airlock.store.Acting;
import dev.airlock.store.Origin;
import dev.airlock.store.Profile;
import dev.airlock.store.Role;
import dev.airlock.web.http.Proxies;
import dev.airlock.web.session.AccessConfig;
import dev.airlock.web.session.OidcSettings;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** People sign in with a provider, which is a server of its own here, as it is anywhere. */
final class OidcTest {
  private static final String CLIENT = "airlock-web";
  private static final String ISSUER = "staff";

  private static MockOAuth2Server provider;
  private static WebFixture web;

  @BeforeAll
  static void start() {
    provider = new MockOAuth2Server();
    provider.start(InetAddress.getLoopbackAddress(), 0);
    int port = FreePorts.next();
    web = WebFixture.with(port, access(port, URI.create(provider.issuerUrl(ISSUER).toString())));
  }

  @AfterAll
  static void stop() {
    web.close();
    provider.shutdown();
  }

  private static AccessConfig access(int port, URI issuer) {
    URI base = URI.create("http://127.0.0.1:" + port);
    return new AccessConfig(
        base,
        Proxies.of(""),
        Duration.ofHours(1),
        Duration.ofHours(1),
        1_000,
        new OidcSettings(
            "Staff",
            issuer,
            CLIENT,
            "a secret that nobody else knows, long enough for anybody",
            base.resolve("/sign-in/oidc/callback"),
            "groups",
            Map.of("engineer", List.of("data"), "approver", List.of("heads", "risk")),
            Map.of("ml-heads", List.of("heads"), "quants", List.of("quants")),
            Duration.ofDays(30)));
  }

  private static void willSay(
      String subject, String audience, Map<String, Object> claims, long seconds) {
    provider.enqueueCallback(
        new DefaultOAuth2TokenCallback(
            ISSUER, subject, "JWT", List.of(audience), new HashMap<>(claims), seconds));
  }

  /** From the sign-in page over the provider back to the callback. */
  private static Http.Answer comeBack(Http browser) {
    Http.Answer away = browser.get("/sign-in/oidc?then=/runs");
    assertEquals(302, away.status(), away.body());
    return browser.get(callbackOf(browser, away));
  }

  private static String callbackOf(Http browser, Http.Answer away) {
    URI back = URI.create(browser.getAbsolute(away.header("Location")).header("Location"));
    return back.getRawPath() + "?" + back.getRawQuery();
  }

  @Test
  void shouldSignInByIssuerAndSubjectWithTheRoleOfTheGroups() {
    Http browser = web.browser();
    assertTrue(browser.get("/sign-in?then=/runs").body().contains("Sign in with Staff"));
    willSay(
        "17", CLIENT, Map.of("email", "ada@example.org", "groups", List.of("data", "heads")), 600);
    Http.Answer back = comeBack(browser);
    assertEquals(303, back.status(), back.body());
    assertEquals("/runs", back.header("Location"));
    assertEquals(200, browser.get("/runs").status());
    Profile ada = web.store.membership().find("ada").orElseThrow();
    assertEquals(Role.APPROVER, ada.role());
    assertEquals(List.of("ml-heads"), ada.teams());

    willSay("17", CLIENT, Map.of("email", "ada@elsewhere.org", "groups", "data"), 600);
    comeBack(web.browser());
    ada = web.store.membership().find("ada").orElseThrow();
    assertEquals(Role.ENGINEER, ada.role());
    assertEquals(List.of(), ada.teams());
  }

  @Test
  void shouldNotTakeSomebodyForThePersonOfTheSameName() {
    willSay("99", CLIENT, Map.of("preferred_username", "Admin", "groups", List.of("data")), 600);
    Http browser = web.browser();
    comeBack(browser);
    assertTrue(browser.get("/").body().contains("admin-2 · engineer"));
    assertEquals(Role.ADMIN, web.store.people().find("admin").orElseThrow().role());
  }

  /** The next start would be refused, and until then nobody could get into that team. */
  @Test
  void shouldGiveNobodyTheNameOfATeamThatNobodyIsInYet() {
    willSay("98", CLIENT, Map.of("preferred_username", "Quants", "groups", List.of("data")), 600);
    Http browser = web.browser();
    comeBack(browser);
    assertTrue(browser.get("/").body().contains("quants-2 · engineer"));
    assertTrue(web.store.people().find("quants").isEmpty());
  }

  @Test
  void shouldShutOutWhoseGroupsMeanNothingHere() {
    willSay("18", CLIENT, Map.of("email", "eve@example.org", "groups", List.of("sales")), 600);
    Http browser = web.browser();
    Http.Answer back = comeBack(browser);
    assertEquals(403, back.status());
    assertTrue(back.body().contains("None of your groups"));
    assertTrue(web.store.membership().find("eve").isEmpty());
    assertEquals(302, browser.get("/").status());
  }

  @Test
  void shouldShutOutADisabledPersonWhomTheProviderVouchesFor() {
    willSay("20", CLIENT, Map.of("email", "dan@example.org", "groups", List.of("data")), 600);
    comeBack(web.browser());
    web.store.membership().disable("dan", true, Acting.within("admin", Origin.Channel.WEB));
    willSay("20", CLIENT, Map.of("email", "dan@example.org", "groups", List.of("data")), 600);
    assertEquals(403, comeBack(web.browser()).status());
  }

  @Test
  void shouldRefuseWhatProvesNothing() {
    Map<String, Object> claims = Map.of("email", "mallory@example.org", "groups", List.of("heads"));
    Map<String, Object> theirs = new HashMap<>(claims);
    theirs.put("aud", "another-client");
    willSay("19", CLIENT, theirs, 600);
    refuses("another audience");
    willSay("19", CLIENT, claims, -600);
    refuses("expired");
    Map<String, Object> other = new HashMap<>(claims);
    other.put("nonce", "of another flow");
    willSay("19", CLIENT, other, 600);
    refuses("another nonce");
    Map<String, Object> foreign = new HashMap<>(claims);
    foreign.put("iss", "https://evil.example");
    willSay("19", CLIENT, foreign, 600);
    refuses("another issuer");
    assertTrue(web.store.membership().find("mallory").isEmpty());
  }

  private static void refuses(String what) {
    Http browser = web.browser();
    Http.Answer back = comeBack(browser);
    assertEquals(401, back.status(), what);
    assertTrue(back.body().contains("does not prove who you are"), what);
    assertFalse(back.body().contains("Exception"), what);
    assertEquals(302, browser.get("/").status(), what);
  }

  @Test
  void shouldRefuseAForgedStateAndACallbackOfAnotherBrowser() {
    Http browser = web.browser();
    browser.get("/sign-in/oidc");
    assertEquals(401, browser.get("/sign-in/oidc/callback?code=x&state=forged").status());
    assertEquals(400, browser.get("/sign-in/oidc/callback?code=x&state=forged").status());
    Http victim = web.browser();
    Http attacker = web.browser();
    String back = callbackOf(attacker, attacker.get("/sign-in/oidc"));
    assertEquals(400, victim.get(back).status());
  }

  @Test
  void shouldStartWithoutTheProviderAndLetPeopleInWithPasswords() {
    int port = FreePorts.next();
    int away = FreePorts.next();
    URI issuer = URI.create("http://127.0.0.1:" + away + "/" + ISSUER);
    try (WebFixture early = WebFixture.with(port, access(port, issuer))) {
      Http.Answer answer = early.browser().get("/sign-in/oidc");
      assertEquals(503, answer.status());
      assertTrue(answer.body().contains("Staff does not answer"), answer.body());
      assertEquals(303, early.browser().signIn("viewer", "password of viewer").status());
      Http.Answer again = early.browser().get("/sign-in/oidc");
      assertEquals(503, again.status());
      assertEquals("10", again.header("Retry-After"));
    }
  }

  @Test
  void shouldTakeUpASignInThatAnotherWebProcessBegan() {
    int port = FreePorts.next();
    try (WebFixture other =
        WebFixture.with(port, access(port, URI.create(provider.issuerUrl(ISSUER).toString())))) {
      willSay("21", CLIENT, Map.of("email", "fay@example.org", "groups", "data"), 600);
      Http browser = web.browser();
      String back = callbackOf(browser, browser.get("/sign-in/oidc?then=/models"));
      Http.Answer answer = browser.getAbsolute("http://127.0.0.1:" + other.server.port() + back);
      assertEquals(303, answer.status(), answer.body());
      assertEquals("/models", answer.header("Location"));
      assertEquals(200, browser.get("/runs").status());
      assertEquals(400, browser.get(back).status());
    }
  }

  @Test
  void shouldKeepNothingOfAllTheSignInsThatStrangersBegin() {
    willSay("22", CLIENT, Map.of("email", "gil@example.org", "groups", "data"), 600);
    Http browser = web.browser();
    String back = callbackOf(browser, browser.get("/sign-in/oidc?then=/runs"));
    Http stranger = web.browser();
    for (int i = 0; i < 100; i++) {
      Http.Answer away = stranger.get("/sign-in/oidc?then=/" + "x".repeat(3_000));
      assertEquals(302, away.status());
      assertTrue(away.header("Set-Cookie").length() < 2_000);
    }
    assertEquals("/runs", browser.get(back).header("Location"));
  }

  @Test
  void shouldLetTokensRestWhoseOwnersTheProviderHasNotVouchedForOfLate() {
    willSay("23", CLIENT, Map.of("email", "hal@example.org", "groups", "data"), 600);
    comeBack(web.browser());
    String token =
        web.store
            .membership()
            .createToken("nightly", null, null, Acting.within("hal", Origin.Channel.WEB))
            .secret();
    assertEquals(200, web.token(token).get("/api/v1/runs").status());
    WebFixture.asOwner(
        "update person set vouched_at = vouched_at - interval '31 days' where name = 'hal'");
    Http.Answer refused = web.token(token).get("/api/v1/runs");
    assertEquals(403, refused.status());
    assertTrue(refused.body().contains("has not vouched for hal for 30 days"), refused.body());
    willSay("23", CLIENT, Map.of("email", "hal@example.org", "groups", "data"), 600);
    comeBack(web.browser());
    assertEquals(200, web.token(token).get("/api/v1/runs").status());
  }

  @Test
  void shouldSayThatThereIsNoProvider() {
    try (WebFixture without = WebFixture.start()) {
      assertEquals(404, without.browser().get("/sign-in/oidc").status());
      assertFalse(without.browser().get("/sign-in").body().contains("Sign in with"));
    }
  }
}
