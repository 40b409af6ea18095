package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.Acting;
import dev.airlock.store.Environment;
import dev.airlock.store.Origin;
import dev.airlock.store.Role;
import dev.airlock.web.http.Proxies;
import dev.airlock.web.session.AccessConfig;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Proxies, limits, lock-outs, owners and headers, behind a proxy that this machine is. */
final class AccessTest {
  /** Stands still for sign-ins: a busy machine takes longer for a password than a wait lasts. */
  private static final Instant SIGN_INS = Instant.parse("2026-03-01T10:00:00Z");

  private static WebFixture web;

  @BeforeAll
  static void start() {
    web = WebFixture.with(behindAProxy(50_000), InstantSource.fixed(SIGN_INS));
  }

  private static AccessConfig behindAProxy(int requestsPerSecond) {
    return new AccessConfig(
        null,
        Proxies.of("127.0.0.1"),
        Duration.ofMinutes(30),
        Duration.ofHours(1),
        requestsPerSecond,
        null);
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static Http.Answer from(String address, Http http, String path) {
    return http.send(http.request(path).header("X-Forwarded-For", address).GET());
  }

  @Test
  void shouldRefuseWhoeverAsksTooOftenAndNobodyElse() {
    // Fewer a second than any machine answers.
    try (WebFixture strict = WebFixture.with(0, behindAProxy(2))) {
      Http greedy = strict.client("viewer");
      Http.Answer refused =
          IntStream.range(0, 800)
              .mapToObj(i -> from("203.0.113.5", greedy, "/api/v1/account"))
              .filter(answer -> answer.status() == 429)
              .findFirst()
              .orElseThrow();
      assertTrue(Integer.parseInt(refused.header("Retry-After")) >= 1);
      assertEquals(200, from("203.0.113.6", strict.client("engineer"), "/api/v1/account").status());
      assertEquals(1, refusals("viewer").split("too many requests a second", -1).length - 1);
      for (int i = 0; i < 200; i++) {
        assertEquals(200, greedy.get("/v2/health/ready").status());
      }
    }
  }

  @Test
  void shouldMakeAnAddressWaitAndLeaveTheOwnerOfTheNameAlone() {
    Http.Answer last = null;
    for (int i = 0; i < 6; i++) {
      last = signIn("198.51.100.7", "carla-of-nowhere", "guess");
    }
    assertEquals(429, last == null ? 0 : last.status());
    for (int i = 0; i < 6; i++) {
      signIn("198.51.100.7", "bob", "guess");
    }
    assertEquals(429, signIn("198.51.100.7", "bob", "password of bob").status());
    assertEquals(303, signIn("198.51.100.8", "bob", "password of bob").status());
    assertFalse(audit().contains("carla-of-nowhere"));
    String rows =
        from("192.0.2.97", web.client("admin"), "/api/v1/audit?limit=100&action=lock-out").body();
    assertEquals(2, rows.split("\"action\":\"lock-out\"", -1).length - 1, rows);
    assertTrue(rows.contains("198.51.100.7"));
  }

  private static String audit() {
    return from("192.0.2.99", web.client("admin"), "/api/v1/audit?limit=100").body();
  }

  private static Http.Answer signIn(String address, String name, String password) {
    Http browser = web.browser();
    String token = from(address, browser, "/sign-in").csrf();
    String body =
        "csrf=%s&then=/&name=%s&password=%s".formatted(token, name, password.replace(" ", "+"));
    return browser.send(
        browser
            .request("/sign-in")
            .header("X-Forwarded-For", address)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  @Test
  void shouldKeepCookiesToTlsWhereTheProxySaysSo() {
    Http browser = web.browser();
    Http.Answer form =
        browser.send(browser.request("/sign-in").header("X-Forwarded-Proto", "https").GET());
    String cookie = form.header("Set-Cookie");
    assertTrue(cookie.startsWith("__Host-airlock_form="), cookie);
    assertTrue(cookie.contains("Secure"), cookie);
    assertEquals("max-age=31536000", form.header("Strict-Transport-Security"));
    assertEquals("no-store", form.header("Cache-Control"));
    assertTrue(form.header("Permissions-Policy").contains("camera=()"));
  }

  @Test
  void shouldNotTakeAStrangersWordForTls() {
    try (WebFixture direct = WebFixture.start()) {
      Http browser = direct.browser();
      Http.Answer form =
          browser.send(browser.request("/sign-in").header("X-Forwarded-Proto", "https").GET());
      assertFalse(form.header("Set-Cookie").contains("Secure"));
      assertEquals("", form.header("Strict-Transport-Security"));
    }
  }

  @Test
  void shouldKeepCookiesToTlsWhereThePublicUrlSaysSo() {
    AccessConfig access =
        AccessConfig.from(
            new Environment(Map.of("AIRLOCK_PUBLIC_URL", "https://airlock.example.org")));
    assertTrue(String.valueOf(access.warning()).contains("AIRLOCK_TRUSTED_PROXIES"));
    try (WebFixture behindTls = WebFixture.with(0, access.withRequestsPerSecond(1_000))) {
      Http.Answer form = behindTls.browser().get("/sign-in");
      assertTrue(form.header("Set-Cookie").startsWith("__Host-airlock_form="));
      assertTrue(form.header("Set-Cookie").contains("Secure"));
      assertEquals("max-age=31536000", form.header("Strict-Transport-Security"));
    }
  }

  @Test
  void shouldLeaveAPipelineToItsOwners() {
    String pipeline = WebFixture.freshName("owned");
    // A team of its own: who is known as an owner once stays known, in this database of all tests.
    String owner = pipeline + "-team";
    web.scene.publish(pipeline, owner, "engineer");
    Http engineer = web.client("engineer");
    String runs = "/api/v1/pipelines/" + pipeline + "/runs";
    Http.Answer before = engineer.post(runs, "{}");
    assertEquals(201, before.status(), before.body());
    long run = before.json().path("id").asLong();

    Acting admin = Acting.within("admin", Origin.Channel.WEB);
    web.store.membership().change("viewer", Role.VIEWER, List.of(owner), "owns it", admin);
    try {
      Http.Answer refused = engineer.post(runs, "{}");
      assertEquals(403, refused.status());
      assertTrue(refused.body().contains("belongs to " + owner), refused.body());
      String written =
          "/api/v1/pipelines/%" + Integer.toHexString(pipeline.charAt(0)) + pipeline.substring(1);
      assertEquals(403, engineer.post(written + "/runs", "{}").status());
      assertEquals(
          403,
          engineer.method("PATCH", "/api/v1/pipelines/" + pipeline, "{\"paused\":true}").status());
      assertEquals(403, engineer.post("/api/v1/runs/" + run + "/cancel", "{}").status());
      assertEquals(403, engineer.post("/api/v1/runs/+" + run + "/cancel", "{}").status());
      assertEquals(201, web.client("admin").post(runs, "{}").status());
      web.store.membership().change("engineer", Role.ENGINEER, List.of(owner), "", admin);
      assertEquals(202, engineer.post("/api/v1/runs/" + run + "/cancel", "{}").status());
    } finally {
      web.store.membership().change("viewer", Role.VIEWER, List.of(), "", admin);
      web.store.membership().change("engineer", Role.ENGINEER, List.of(), "", admin);
    }
  }

  /** Half of what a session may rest here, and a little. */
  private static void rest(String person) {
    WebFixture.asOwner(
        "update session set last_used_at = last_used_at - interval '16 minutes' where person = '%s'"
            .formatted(person));
  }

  private static Http.Answer refreshed(Http browser) {
    return browser.send(browser.request("/runs").header("HX-Request", "true").GET());
  }

  @Test
  void shouldEndASessionThatRestsThoughItsPageRefreshesItself() {
    Http browser = web.signedIn("bob");
    rest("bob");
    assertEquals(200, refreshed(browser).status());
    rest("bob");
    Http.Answer over = refreshed(browser);
    assertEquals(401, over.status());
    assertEquals("/sign-in?then=%2Fruns", browser.get("/runs").header("Location"));
  }

  @Test
  void shouldKeepASessionWhosePersonIsThere() {
    Http browser = web.signedIn("viewer");
    for (int i = 0; i < 3; i++) {
      rest("viewer");
      assertEquals(200, refreshed(browser).status());
      assertEquals(200, browser.get("/runs").status());
    }
  }

  @Test
  void shouldNotTakeAStreamThatBeginsAnewForAUse() {
    Http browser = web.signedIn("approver");
    rest("approver");
    browser.send(
        browser
            .request("/events?topics=nothing-of-the-kind")
            .header("Accept", "text/event-stream")
            .GET());
    rest("approver");
    assertEquals(302, browser.get("/runs").status());
  }

  @Test
  void shouldKeepRefusalsInTheAudit() {
    Http browser = web.signedIn("bob");
    assertEquals(403, browser.form("/settings/email", Map.of("csrf", "x", "email", "")).status());
    assertTrue(refusals("bob").contains("does not carry the session's token"));

    String pipeline = WebFixture.freshName("theirs");
    web.scene.publish(pipeline);
    WebFixture.asOwner("update pipeline set owner = 'admin' where name = '" + pipeline + "'");
    assertEquals(
        403, web.client("engineer").post("/api/v1/pipelines/" + pipeline + "/runs", "{}").status());
    assertTrue(refusals("engineer").contains("it belongs to others"));
  }

  private static String refusals(String person) {
    return from(
            "192.0.2.97",
            web.client("admin"),
            "/api/v1/audit?limit=100&action=refuse-request&actor=" + person)
        .body();
  }

  private static void signInPlainly(Http browser) {
    assertEquals(303, browser.signIn("approver", "password of approver").status());
  }

  @Test
  void shouldShowNoSecretOnAnyPageOrAnswer() {
    Http browser = web.browser();
    signInPlainly(browser);
    Http admin = web.client("admin");
    for (String path :
        List.of("/settings", "/settings/people", "/settings/people/bob", "/settings/connections")) {
      clean(browser.get(path));
    }
    for (String path :
        List.of(
            "/people",
            "/people/bob",
            "/tokens?of=all",
            "/account",
            "/account/sessions",
            "/audit",
            "/secrets")) {
      clean(from("192.0.2.77", admin, "/api/v1" + path));
    }
  }

  private static void clean(Http.Answer answer) {
    assertEquals(200, answer.status(), answer.body());
    for (String secret : List.of("argon2", "password of", "token of", "airlock_session=")) {
      assertFalse(answer.body().contains(secret), secret);
    }
  }

  @Test
  void shouldReadNetworksAndNameWhatIsNone() {
    Proxies.of("127.0.0.1, 10.0.0.0/8, ::1, fd00::/8");
    for (String wrong : List.of("proxy.example", "10.0.0.0/33", "10.0.0", "10.0.0.0/x")) {
      IllegalArgumentException fault =
          assertThrows(IllegalArgumentException.class, () -> Proxies.of(wrong));
      assertTrue(String.valueOf(fault.getMessage()).contains(wrong), wrong);
    }
  }
}
