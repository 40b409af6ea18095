package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.web.session.AccessConfig;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class SessionTest {
  /** Stands still for sign-ins: a busy machine takes longer for a password than a wait lasts. */
  private static final Instant SIGN_INS = Instant.parse("2026-03-01T10:00:00Z");

  private static WebFixture web;

  @BeforeAll
  static void start() {
    web =
        WebFixture.with(
            AccessConfig.standard().withRequestsPerSecond(50_000), InstantSource.fixed(SIGN_INS));
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  @Test
  void shouldLeadToSignInAndBackWhenNobodySignedIn() {
    Http browser = web.browser();
    Http.Answer answer = browser.get("/runs?state=failed");
    assertEquals(302, answer.status());
    assertEquals("/sign-in?then=%2Fruns%3Fstate%3Dfailed", answer.header("Location"));
    Http.Answer form = browser.get(answer.header("Location"));
    Http.Answer in =
        browser.form(
            "/sign-in",
            Map.of(
                "csrf",
                form.csrf(),
                "then",
                "/runs?state=failed",
                "name",
                "viewer",
                "password",
                "password of viewer"));
    assertEquals(303, in.status());
    assertEquals("/runs?state=failed", in.header("Location"));
    assertEquals(200, browser.get("/runs").status());
  }

  @Test
  void shouldKeepTheCookieFromScriptsAndOtherSites() {
    Http.Answer in = web.browser().signIn("viewer", "password of viewer");
    String cookie = session(in);
    assertTrue(cookie.contains("HttpOnly"), cookie);
    assertTrue(cookie.contains("SameSite=Lax"), cookie);
    assertTrue(cookie.contains("Path=/"), cookie);
  }

  private static String session(Http.Answer answer) {
    return answer.response().headers().allValues("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith("airlock_session="))
        .findFirst()
        .orElseThrow();
  }

  private static String secret(Http.Answer answer) {
    return session(answer).replaceAll("^airlock_session=([^;]*);.*", "$1");
  }

  @Test
  void shouldGiveANewSessionAtEachSignInAndEndTheOldOne() {
    Http browser = web.browser();
    String first = secret(browser.signIn("viewer", "password of viewer"));
    String second = secret(browser.signIn("engineer", "password of engineer"));
    assertNotEquals(first, second);
    assertFalse(web.store.people().session(first).isPresent());
    assertTrue(web.store.people().session(second).isPresent());
  }

  @Test
  void shouldEndTheSessionAtSignOut() {
    Http browser = web.browser();
    String secret = secret(browser.signIn("viewer", "password of viewer"));
    String token = browser.get("/").csrf();
    assertEquals(303, browser.form("/sign-out", Map.of("csrf", token)).status());
    assertFalse(web.store.people().session(secret).isPresent());
    assertEquals(302, browser.get("/").status());
  }

  @Test
  void shouldRefuseAFormOfAnotherSite() {
    String name = WebFixture.freshName("forged");
    web.scene.publish(name);
    Http browser = web.signedIn("engineer");
    String path = "/pipelines/" + name + "/runs";
    assertEquals(403, browser.form(path, Map.of()).status());
    assertEquals(403, browser.form(path, Map.of("csrf", "0".repeat(43))).status());
    assertEquals(403, browser.post("/api/v1" + path, "{}").status());
    assertTrue(web.store.runs().listBefore(name, null, Long.MAX_VALUE, 9).isEmpty());

    String token = browser.get("/pipelines/" + name).csrf();
    assertEquals(303, browser.form(path, Map.of("csrf", token, "key", "k")).status());
    assertEquals(1, web.store.runs().listBefore(name, null, Long.MAX_VALUE, 9).size());
  }

  @Test
  void shouldRefuseASignInWithoutItsOwnForm() {
    Http.Answer answer =
        web.browser()
            .form(
                "/sign-in",
                Map.of("name", "viewer", "password", "password of viewer", "then", "/"));
    assertEquals(403, answer.status());
  }

  @Test
  void shouldNotLeadElsewhereAfterSignIn() {
    for (String then : new String[] {"//evil.example", "https://evil.example", "/\\evil.example"}) {
      Http browser = web.browser();
      String token = browser.get("/sign-in").csrf();
      Http.Answer in =
          browser.form(
              "/sign-in",
              Map.of(
                  "csrf", token, "then", then, "name", "viewer", "password", "password of viewer"));
      assertEquals("/", in.header("Location"));
    }
  }

  @Test
  void shouldMakeAGuesserWait() {
    Http browser = web.browser();
    for (int i = 0; i < 5; i++) {
      assertEquals(401, browser.signIn("bob", "guess").status());
    }
    Http.Answer sixth = browser.signIn("bob", "password of bob");
    assertEquals(429, sixth.status());
    assertTrue(sixth.body().contains("Try again in"));
    assertEquals(303, web.browser().signIn("viewer", "password of viewer").status());
  }

  @Test
  void shouldSendHeadersThatKeepPagesToThemselves() {
    Http.Answer answer = web.browser().get("/sign-in");
    String policy = answer.header("Content-Security-Policy");
    assertTrue(policy.startsWith("default-src 'none'"), policy);
    assertFalse(policy.contains("unsafe"), policy);
    assertEquals("nosniff", answer.header("X-Content-Type-Options"));
    assertEquals("DENY", answer.header("X-Frame-Options"));
    assertEquals("", answer.header("Server"));
  }
}
