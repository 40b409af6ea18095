package dev.airlock.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.dsl.graph.StartSpec.WebhookSpec;
import dev.airlock.local.FreePorts;
import dev.airlock.local.PostgresServer;
import dev.airlock.store.Acting;
import dev.airlock.store.ApprovalLink;
import dev.airlock.store.LinkKey;
import dev.airlock.store.Message;
import dev.airlock.store.Origin;
import dev.airlock.web.http.Proxies;
import dev.airlock.web.session.AccessConfig;
import dev.airlock.web.session.OidcSettings;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Nothing secret comes out: requests that carry secrets are answered in every way, while all is
 * well, where statements fail and after PostgreSQL has gone, and neither an answer nor a line of
 * the log repeats one.
 */
final class SecretsTest {
  private static final String HOOKED = "hooked";
  private static final String CLIENT = "airlock-web";
  private static final String CLIENT_SECRET = "a secret that nobody else knows, long enough";
  private static final String PASSWORD = "a right password that was planted";
  private static final String WRONG = "a wrong password that was planted";
  private static final String WISHED = "a wished password that was planted";
  private static final String FOREIGN_TOKEN = "airlock_planted-token-of-nobody";
  private static final String FOREIGN_CODE = "planted-code-of-nobody";

  private static PostgresServer postgres;
  private static MockOAuth2Server provider;
  private static WebFixture web;
  private static LogTape tape;

  private final Map<String, String> secrets = new LinkedHashMap<>();
  private final List<String> leaks = new ArrayList<>();
  private int answers;

  @BeforeAll
  static void start() {
    tape = new LogTape();
    postgres = PostgresServer.temporary();
    provider = new MockOAuth2Server();
    provider.start(InetAddress.getLoopbackAddress(), 0);
    int port = FreePorts.next();
    URI base = URI.create("http://127.0.0.1:" + port);
    web =
        WebFixture.over(
            postgres,
            port,
            new AccessConfig(
                base,
                Proxies.of(""),
                Duration.ofHours(1),
                Duration.ofHours(1),
                50_000,
                new OidcSettings(
                    "Staff",
                    URI.create(provider.issuerUrl("staff").toString()),
                    CLIENT,
                    CLIENT_SECRET,
                    base.resolve("/sign-in/oidc/callback"),
                    "groups",
                    Map.of("engineer", List.of("data")),
                    Map.of(),
                    Duration.ofDays(30))));
  }

  @AfterAll
  static void stop() {
    web.close();
    provider.shutdown();
    tape.close();
  }

  /** Holds an answer against all secrets that are known by then; cookies are the browser's own. */
  private Http.Answer clean(String what, Http.Answer answer) {
    answers++;
    String told =
        answer.body()
            + answer.response().headers().map().entrySet().stream()
                .filter(header -> !header.getKey().equalsIgnoreCase("set-cookie"))
                .toList();
    search(what + " answers", told);
    return answer;
  }

  private void search(String where, String text) {
    String decoded = URLDecoder.decode(text.replace("%", "%25").replace("%2520", "%20"), UTF_8);
    secrets.forEach(
        (name, secret) -> {
          if (text.contains(secret) || decoded.contains(secret)) {
            leaks.add(
                where
                    + " with the "
                    + name
                    + ": "
                    + text.substring(0, Math.min(300, text.length())));
          }
        });
  }

  @Test
  void shouldRepeatNoSecretInAnyAnswerOrLine() {
    secrets.put("password", PASSWORD);
    secrets.put("wrong password", WRONG);
    secrets.put("wished password", WISHED);
    secrets.put("client's secret", CLIENT_SECRET);
    secrets.put("foreign token", FOREIGN_TOKEN);
    secrets.put("foreign code", FOREIGN_CODE);
    secrets.put("webhook's key", WebFixture.HOOK_KEY);
    secrets.put("links' key", WebFixture.LINK_KEY);
    publish();
    long approval = web.scene.playToApproval(web.scene.request(HOOKED)).approvalId;
    String link = link(approval);
    secrets.put("link", link);

    assertEquals(
        204,
        raw(
                web.client("approver"),
                "/api/v1/account/password",
                wish("password of approver", PASSWORD))
            .status());
    Http browser = web.browser();
    assertEquals(303, browser.signIn("approver", PASSWORD).status());
    cookie(browser, "airlock_session");
    String back = comeBack();
    Http owner = web.client("approver");
    Http.Answer made = owner.post("/api/v1/tokens", "{\"name\":\"planted\",\"expiresInDays\":9}");
    String token = made.json().path("token").asText();
    secrets.put("token", token);
    secrets.put("token of the file", "token of approver");

    ask(browser, web.token(token), owner, approval, link, back);
    lookAtEverything(browser, owner);
    asOwner("alter table person rename to person_that_is_gone");
    ask(browser, web.token(token), owner, approval, link, back);
    asOwner("alter table person_that_is_gone rename to person");
    postgres.kill();
    ask(browser, web.token(token), owner, approval, link, back);

    assertTrue(answers > 120, "answers: " + answers);
    String log = String.join("\n", tape.lines());
    assertTrue(log.contains("PostgreSQL does not answer"), log);
    assertTrue(log.contains("/by-link/… failed, reference"), log);
    assertTrue(log.contains("was refused"), log);
    assertEquals(14, secrets.size());
    tape.lines().forEach(line -> search("The log says", line));
    assertEquals("", String.join("\n\n", leaks));
  }

  private static void asOwner(String sql) {
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url() + "?currentSchema=airlock",
                PostgresServer.OWNER,
                postgres.ownerPassword());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static void publish() {
    Graph graph = Scene.graph(HOOKED);
    web.store
        .pipelines()
        .publish(
            new Graph(
                HOOKED,
                graph.owner(),
                graph.schedule(),
                graph.params(),
                graph.stages(),
                new StartSpec(0, null, List.of(new WebhookSpec("new-prices", List.of())), false)),
            "c".repeat(64),
            Acting.within("engineer", Origin.Channel.WEB));
  }

  private String link(long approval) {
    web.store
        .messages()
        .setEmail("approver@example.org", Acting.within("approver", Origin.Channel.WEB));
    web.store.messages().answerCalls(false, true);
    Message mail =
        web.store.messages().claim(100, Duration.ofMinutes(1)).stream()
            .filter(message -> message.recipient().equals("approver"))
            .findFirst()
            .orElseThrow();
    ApprovalLink link = web.store.messages().link(mail.id()).orElseThrow();
    assertEquals(approval, link.approvalId());
    return LinkKey.of(Optional.of(WebFixture.LINK_KEY), web.home).token(link);
  }

  private void cookie(Http browser, String name) {
    CookieManager cookies = (CookieManager) browser.client().cookieHandler().orElseThrow();
    secrets.put(
        name,
        cookies.getCookieStore().getCookies().stream()
            .filter(cookie -> cookie.getName().equals(name))
            .map(HttpCookie::getValue)
            .findFirst()
            .orElseThrow());
  }

  /** Signs in by the provider; answers the way back, whose code is used up by then. */
  private String comeBack() {
    provider.enqueueCallback(
        new DefaultOAuth2TokenCallback(
            "staff",
            "7",
            "JWT",
            List.of(CLIENT),
            Map.of("email", "ada@example.org", "groups", List.of("data")),
            600));
    Http browser = web.browser();
    Http.Answer away = clean("The way to the provider", browser.get("/sign-in/oidc"));
    cookie(browser, "airlock_flow");
    URI back = URI.create(browser.getAbsolute(away.header("Location")).header("Location"));
    String code = back.getRawQuery().replaceFirst(".*code=([^&]+).*", "$1");
    assertTrue(code.length() > 10, back.toString());
    secrets.put("code", code);
    String path = back.getRawPath() + "?" + back.getRawQuery();
    assertEquals(303, clean("The way back", browser.get(path)).status());
    return path;
  }

  /** Sends each secret where it belongs and where it does not. */
  private void ask(
      Http browser, Http program, Http owner, long approval, String link, String back) {
    for (String password : List.of(PASSWORD, WRONG)) {
      clean("Sign-in without its form", web.browser().form("/sign-in", form("approver", password)));
      clean("Sign-in", signedIn("approver", password));
      clean("Sign-in of nobody", signedIn("nobody-here", password));
      clean(
          "The password's form",
          browser.form(
              "/settings/password",
              Map.of(
                  "csrf", csrf(browser, "/settings"),
                  "current", password,
                  "password", WISHED,
                  "again", WRONG)));
      for (String body :
          List.of(
              "{\"current\":\"%s\",\"password\":\"short\"}",
              "{\"current\":\"%s\",\"password\":[\"" + WISHED + "\"]}",
              "{\"current\":{\"%s\":1},\"password\":\"" + WISHED + "\"}",
              "{\"current\":\"%s\",\"password\":\"" + WISHED,
              "{\"current\":%s,\"password\":\"" + WISHED + "\"}",
              "[\"%s\"]",
              "\"%s\"",
              "%s")) {
        clean(
            "A wished password", raw(owner, "/api/v1/account/password", body.formatted(password)));
      }
    }
    clean("Another password", raw(owner, "/api/v1/account/password", wish(WRONG, WISHED)));
    for (Http caller : List.of(program, web.token(FOREIGN_TOKEN), owner)) {
      for (String path :
          List.of("/api/v1/account", "/api/v1/nothing-here", "/settings", "/nothing")) {
        clean(path, caller.get(path));
      }
      clean("A token's wish", raw(caller, "/api/v1/tokens", "{\"name\":\"\"}"));
      clean(
          "A refused change",
          raw(caller, "/api/v1/people", "{\"name\":\"x\",\"role\":\"viewer\"}"));
    }
    clean(
        "A token in another scheme",
        owner.send(
            web.browser()
                .request("/api/v1/account")
                .header("Authorization", "Basic " + FOREIGN_TOKEN)
                .GET()));
    clean(
        "A form of another site",
        browser.form("/settings/email", Map.of("csrf", WRONG, "email", "")));

    String byLink = "/approvals/" + approval + "/by-link/";
    clean("The link", browser.get(byLink + link));
    clean("Another's link", web.token("token of bob").get(byLink + link));
    clean("A link that is none", browser.get(byLink + link.replaceFirst("\\.", ".x")));
    clean("A link elsewhere", browser.get("/approvals/999999/by-link/" + link));

    clean("The way back again", web.browser().get(back));
    Http other = web.browser();
    other.get("/sign-in/oidc");
    clean("A foreign code", other.get("/sign-in/oidc/callback?state=x&code=" + FOREIGN_CODE));
    Http third = web.browser();
    String away = third.get("/sign-in/oidc").header("Location");
    String state = away.replaceFirst(".*state=([^&]+).*", "$1");
    clean(
        "A code that the provider does not know",
        third.get("/sign-in/oidc/callback?state=" + state + "&code=" + FOREIGN_CODE));

    for (String key : List.of(WebFixture.HOOK_KEY, WRONG)) {
      for (String pipeline : List.of(HOOKED, "nobody")) {
        clean("A webhook", hook(pipeline, key));
      }
    }
  }

  private static Map<String, String> form(String name, String password) {
    return Map.of("name", name, "password", password, "then", "/");
  }

  private static Http.Answer signedIn(String name, String password) {
    Http browser = web.browser();
    Map<String, String> form = new LinkedHashMap<>(form(name, password));
    form.put("csrf", csrf(browser, "/sign-in"));
    return browser.form("/sign-in", form);
  }

  /** Of the page's first form; any where the page can't be shown. */
  private static String csrf(Http browser, String page) {
    Http.Answer answer = browser.get(page);
    return answer.status() == 200 ? answer.csrf() : "none";
  }

  private static String wish(String current, String password) {
    return "{\"current\":\"%s\",\"password\":\"%s\"}".formatted(current, password);
  }

  /** As it stands: the other way of {@link Http} to send JSON would read it first. */
  private static Http.Answer raw(Http caller, String path, String body) {
    return caller.send(
        caller
            .request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static Http.Answer hook(String pipeline, String key) {
    String now = Long.toString(Instant.now().getEpochSecond());
    Http caller = web.client("");
    return caller.send(
        caller
            .request("/api/v1/hooks/" + pipeline + "/new-prices")
            .header("X-Airlock-Timestamp", now)
            .header("X-Airlock-Delivery", "d")
            .header("X-Airlock-Signature", signature(key, now + ".d.{}"))
            .POST(HttpRequest.BodyPublishers.ofString("{}")));
  }

  private static String signature(String key, String said) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
      return "v1=" + HexFormat.of().formatHex(mac.doFinal(said.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * All pages and lists that need no name of a thing, and those of the people whose secrets they
   * are.
   */
  private void lookAtEverything(Http browser, Http owner) {
    Http admin = web.client("admin");
    Stream.concat(
            web.server.routes().stream()
                .filter(route -> route.method().name().equals("GET"))
                .map(RouteTable.Route::path)
                .filter(path -> !path.contains("{") && !path.startsWith("/events")),
            Stream.of(
                "/settings/people/approver",
                "/settings/people/ada",
                "/api/v1/people/approver",
                "/api/v1/tokens?of=all",
                "/api/v1/audit?limit=500"))
        .forEach(
            path -> {
              clean(path, browser.get(path));
              clean(path, owner.get(path));
              assertNotEquals(500, clean(path, admin.get(path)).status(), path);
            });
  }
}
