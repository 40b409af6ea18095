package dev.airlock.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The way of two people through the pages, from signing in to a live model. */
@ExtendWith(SharedSystem.class)
final class BrowserTest {

  private static final double PATIENCE_MILLIS = 120_000;
  private static final String MODEL = "repeat-purchase";
  private static final String REASON = "Beats recency alone, and its probabilities hold.";

  @Test
  void shouldLeadTwoPeopleFromSigningInToALiveModel(RunningSystem system) {
    Await.holds(
        Duration.ofMinutes(2),
        MODEL + " to be published",
        () -> system.as("engineer").get("/api/v1/pipelines/" + MODEL).status() == 200);
    try (Browser browser = Browser.start()) {
      Page engineer = browser.window(system.url());
      signIn(engineer, system, "engineer");
      startRun(engineer);
      watchUntilItAsks(engineer);
      seeThatOnesOwnRequestIsRefused(engineer);

      Page approver = browser.window(system.url());
      signIn(approver, system, "approver");
      approve(approver);
      seeItLive(approver);

      engineer.navigate("/runs");
      assertThat(engineer.locator("tr", withText(MODEL)).first())
          .containsText("succeeded", patiently());
    }
  }

  private static void signIn(Page page, RunningSystem system, String user) {
    page.navigate("/approvals");
    assertThat(page.getByRole(AriaRole.HEADING)).hasText("Sign in");
    page.getByLabel("Name").fill(user);
    page.getByLabel("Password").fill("not the password");
    button(page, "Sign in").click();
    assertThat(page.getByRole(AriaRole.ALERT)).isVisible();
    page.getByLabel("Name").fill(user);
    page.getByLabel("Password").fill(system.user(user).get("password").asText());
    button(page, "Sign in").click();
    assertThat(page.getByRole(AriaRole.HEADING).first()).hasText("Approvals");
  }

  private static void startRun(Page page) {
    page.navigate("/pipelines/" + MODEL);
    page.getByLabel("Logical date").fill("1997-12-31");
    button(page, "Start").click();
    page.waitForURL("**/runs/*");
  }

  /** The page is never loaded anew: what a script left on it is still there at the end. */
  private static void watchUntilItAsks(Page page) {
    page.evaluate("window.sameDocument = true");
    assertThat(stage(page, "orders")).containsText("succeeded", patiently());
    Browser.picture(page, "run-under-way");
    assertThat(link(page, "Review")).isVisible(new IsVisibleOptions().setTimeout(PATIENCE_MILLIS));
    assertThat(stage(page, "judge")).containsText("succeeded");
    assertThat(stage(page, "promote")).containsText("waiting");
    assertEquals(true, page.evaluate("window.sameDocument === true"));
  }

  private static void seeThatOnesOwnRequestIsRefused(Page page) {
    link(page, "Review").click();
    assertThat(page.getByRole(AriaRole.HEADING).first()).containsText(MODEL);
    assertThat(page.getByRole(AriaRole.BUTTON, named("Reject"))).hasCount(0);
    Object status =
        page.evaluate(
            """
            async () => {
              const csrf = document.querySelector('meta[name=csrf-token]').content;
              const answer = await fetch(location.pathname + '/decisions', {
                method: 'POST',
                headers: {'Content-Type': 'application/x-www-form-urlencoded', 'X-CSRF-Token': csrf},
                body: new URLSearchParams({decision: 'approve', reason: 'mine', digest: '0', csrf}),
              });
              return answer.status;
            }
            """);
    assertEquals(403, status);
  }

  private static void approve(Page page) {
    page.navigate("/approvals");
    link(page, MODEL + " v1").first().click();
    Browser.picture(page, "approval-of-a-first-version");
    page.getByLabel("Why? (needed)").fill(REASON);
    page.getByRole(AriaRole.BUTTON, named("Approve")).click();
    assertThat(page.locator("main")).containsText(REASON, patiently());
  }

  private static void seeItLive(Page page) {
    page.navigate("/models/" + MODEL);
    Await.holds(
        Duration.ofMinutes(1),
        "version 1 to be live",
        () -> {
          page.reload();
          return page.getByText("v1 is live").count() == 1;
        });
    assertThat(page.locator("main")).containsText(REASON);
  }

  private static Locator stage(Page page, String name) {
    return page.locator("#live tbody tr", withText(name)).first();
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(AriaRole.BUTTON, named(name).setExact(true));
  }

  private static Locator link(Page page, String name) {
    return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name));
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name);
  }

  private static Page.LocatorOptions withText(String text) {
    return new Page.LocatorOptions().setHasText(text);
  }

  private static ContainsTextOptions patiently() {
    return new ContainsTextOptions().setTimeout(PATIENCE_MILLIS);
  }
}
