package dev.airlock.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A person steers a rollout from its page while somebody else looks on, and reads the alert. */
@ExtendWith(SharedSystem.class)
final class RolloutBrowserTest {

  private static final double PATIENCE_MILLIS = 60_000;
  private static final Duration HOLD = Duration.ofMinutes(10);
  private static final List<Map<String, Object>> HOLDS_ALWAYS =
      List.of(Map.of("figure", "error_rate", "atMost", 1.0));
  private static final List<Map<String, Object>> NEVER_HOLDS =
      List.of(Map.of("figure", "p99_millis", "atMost", 0.000_001));

  @Test
  void shouldLetAPersonSteerARolloutWhileAnotherLooksOn(RunningSystem system) {
    Sluice sluice = Sluice.of(system);
    sluice.haveAllTrafficAt(Sluice.FIRST);
    try (Load load = Load.on(Sluice.MODEL, Sluice.BETWEEN_REQUESTS, List.of(system.url()));
        Browser browser = Browser.start()) {
      long rollout = sluice.begin(HOLD, HOLDS_ALWAYS);
      Page engineer = browser.signedIn(system, "engineer");
      Page approver = browser.signedIn(system, "approver");
      engineer.navigate("/rollouts/" + rollout);
      engineer.evaluate("window.sameDocument = true");
      says(engineer, "30 % of customers meet v2.");

      approver.navigate("/");
      approver.locator("a[href='/rollouts/%d']".formatted(rollout)).first().click();
      wish(approver, "pause", "The shop has a sale today");
      says(approver, "It waits for a person, at 30 %.");
      says(engineer, "It waits for a person, at 30 %.");
      wish(approver, "resume", "The sale is over");
      says(engineer, "30 % of customers meet v2.");
      wish(approver, "promote", "It has done well enough");
      says(engineer, "All customers meet v2.");

      assertThat(engineer.locator("main")).containsText("“The shop has a sale today”");
      assertEquals(true, engineer.evaluate("window.sameDocument === true"));
      assertEquals("promoted", sluice.awaitEnd(rollout));
      assertTrue(load.answers().stream().allMatch(Load.Answer::isWell), "nobody was turned away");
    }
  }

  @Test
  void shouldLeadFromTheHomePageToWhyARolloutFailed(RunningSystem system, Bell bell) {
    Sluice sluice = Sluice.of(system);
    sluice.haveAllTrafficAt(Sluice.FIRST);
    try (Load load = Load.on(Sluice.MODEL, Sluice.BETWEEN_REQUESTS, List.of(system.url()));
        Browser browser = Browser.start()) {
      long rollout = sluice.begin(Duration.ofSeconds(10), NEVER_HOLDS);
      assertEquals("rolled-back", sluice.awaitEnd(rollout));
      assertTrue(load.answers().size() > 0, "somebody asked meanwhile");
      long alert = system.count("select id from alert where rollout_id = ?", rollout);

      JsonNode rung = bell.awaitRung("opened", alert);
      assertEquals(system.url().resolve("/alerts/" + alert).toString(), rung.at("/url").asText());

      Page page = browser.signedIn(system, "approver");
      page.navigate("/");
      page.locator("a.button[href='/alerts/%d']".formatted(alert)).click();
      assertThat(page.getByRole(AriaRole.HEADING).first()).containsText("99th percentile");
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Acknowledge")).click();
      assertThat(page.locator("main")).containsText("approver");
      assertEquals(
          "approver", bell.awaitRung("acknowledged", alert).at("/alert/acknowledgedBy").asText());
      page.navigate("/");
      assertThat(page.locator("a.button[href='/alerts/%d']".formatted(alert))).hasCount(0);
      page.navigate("/alerts/" + alert);
      page.locator("main a[href='/rollouts/%d']".formatted(rollout)).first().click();
      says(page, "No customer meets v2 any more.");
      assertThat(page.locator("main")).containsText("ended here");
      Browser.picture(page, "rollout-taken-back");
    }
  }

  private static void wish(Page page, String kind, String reason) {
    page.getByLabel("Why? (needed)").fill(reason);
    page.locator("#wish-%s button".formatted(kind)).click();
    Locator yes = page.locator("dialog[open] [data-yes]");
    if (yes.isVisible()) {
      yes.click();
    }
  }

  private static void says(Page page, String words) {
    assertThat(page.locator("main"))
        .containsText(words, new ContainsTextOptions().setTimeout(PATIENCE_MILLIS));
  }
}
