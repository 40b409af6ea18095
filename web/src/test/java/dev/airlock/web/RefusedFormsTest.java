package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the answer to a refused form holds: what was sent, and the way back to its page. */
final class RefusedFormsTest {
  private static WebFixture web;
  private static Http engineer;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    engineer = web.signedIn("engineer");
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  @Test
  void shouldShowWhatARefusedFormHeldAndTheWayBackToIt() {
    String csrf = engineer.get("/pools").csrf();
    Map<String, String> fields =
        Map.of(
            "csrf", csrf, "key", "k", "name", "<b>gpu</b>", "slots", "several", "password", "pw-1");

    Http.Answer refused = engineer.form("/pools", fields);

    assertEquals(400, refused.status(), refused.body());
    assertTrue(refused.body().contains("What you sent"), refused.body());
    assertTrue(refused.body().contains("&lt;b&gt;gpu&lt;/b&gt;"), refused.body());
    assertTrue(refused.body().contains(">several</dd>"), refused.body());
    assertFalse(refused.body().contains("pw-1"), "passwords are shown nowhere");
    assertEquals("/pools", wayBack(refused), "the browser did not say from where");

    Map<String, String> links =
        Map.of(
            engineer.base() + "/pools?cursor=a%3Db&all=1",
            "/pools?cursor=a%3Db&amp;all=1",
            "http://elsewhere.test/runs",
            "/pools",
            "javascript:alert(1)",
            "/pools",
            engineer.base() + "//elsewhere.test",
            "/pools",
            engineer.base() + "/nothing/here",
            "/pools",
            "http://[",
            "/pools");
    links.forEach(
        (from, link) ->
            assertEquals(link, wayBack(engineer.formFrom(from, "/pools", fields)), from));
  }

  private static String wayBack(Http.Answer refused) {
    Matcher link =
        Pattern.compile("href=\"([^\"]+)\">Back to the (?:form|page)<").matcher(refused.body());
    assertTrue(link.find(), refused.body());
    return link.group(1);
  }

  /** An address that only takes forms shows nothing to whoever follows a link to it. */
  @Test
  void shouldLeadBackToAPageAlsoWhereTheFormStoodOnTheAnswerToAnother() {
    String name = web.live("led-back");
    String model = "/models/" + name;
    String csrf = engineer.get(model).csrf();
    Http.Answer first =
        engineer.form(model + "/rollback", Map.of("csrf", csrf, "to", "9", "reason", "Prices."));
    assertEquals(403, first.status(), first.body());

    Map<String, String> fields = Map.of("csrf", "of another day", "reason", "Prices.");
    String base = engineer.base();
    Map<String, String> stood = new LinkedHashMap<>();
    stood.put(model + "/rollback", model);
    stood.put(model + "/rollback?x=1", model);
    stood.put(model + "?x=1", model + "?x=1");
    stood.put("/approvals/3/decisions/4/withdraw", "/approvals/3");
    stood.put("/approvals/3/by-link/abc", "/approvals/3/by-link/abc");
    stood.put("/", model);
    stood.forEach(
        (from, page) -> {
          Http.Answer refused = engineer.formFrom(base + from, model + "/rollback", fields);
          assertEquals(page, wayBack(refused), from);
        });

    Map<String, String> sent = new LinkedHashMap<>();
    sent.put("/pipelines/" + name + "/runs", "/pipelines/" + name);
    sent.put("/pipelines/" + name + "/policies/7/revoke", "/pipelines/" + name + "/policies");
    sent.put(model + "/monitoring/checks", model + "/monitoring");
    sent.put("/runs/12/resume", "/runs/12/resume");
    sent.put("/runs/12/words", "/runs/12");
    sent.put("/rollouts/5/wishes", "/rollouts/5");
    sent.put("/settings/tokens/8/revoke", "/settings");
    sent.put("/settings/proposals/8", "/settings/people");
    sent.put("/settings/people/dora/state", "/settings/people/dora");
    sent.forEach((path, page) -> assertEquals(page, wayBack(engineer.form(path, fields)), path));
    assertEquals(
        "/settings/people/dora",
        wayBack(engineer.formFrom(base + "/settings/people", "/settings/people/dora", fields)),
        "whoever makes a person is shown them by the answer");
    for (String page : List.of(model, "/settings", "/settings/people")) {
      assertEquals(200, engineer.get(page).status(), page);
    }
  }

  @Test
  void shouldLeadBackFromAButtonToItsPage() {
    String name = web.live("pressed");
    String path = "/models/" + name + "/monitoring";
    Http.Answer refused =
        engineer.formFrom(engineer.base() + path, path + "/checks", Map.of("csrf", "too old"));
    assertEquals(403, refused.status(), refused.body());
    assertTrue(refused.body().contains("href=\"" + path + "\">Back to the page"), refused.body());
    assertFalse(engineer.get("/models/unknown").body().contains("Back to the"));
    Http.Answer nowhere = engineer.form("/pools" + "/x".repeat(3_000), Map.of("csrf", "x"));
    assertFalse(nowhere.body().contains("Back to the"), nowhere.body());
  }
}
