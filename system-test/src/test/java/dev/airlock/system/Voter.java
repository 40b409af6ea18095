package dev.airlock.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.airlock.system.Jury.Question;

/** Somebody before the page of an approval, in a browser of their own. */
final class Voter {

  private static final double PATIENCE_MILLIS = 60_000;
  private static final String ARM =
      """
      (button, moment) => setTimeout(() => button.click(), moment - Date.now())
      """;

  private final Page page;

  private Voter(Page page) {
    this.page = page;
  }

  /** Signed in, with the question before them. */
  static Voter before(Question question, Browser browser, RunningSystem system, String person) {
    Voter voter = new Voter(browser.signedIn(system, person));
    voter.page.navigate(question.page());
    voter.page.evaluate("window.sameDocument = true");
    return voter;
  }

  /** Whoever has come to the page in this window. */
  static Voter in(Page page) {
    return new Voter(page);
  }

  Page page() {
    return page;
  }

  Voter approve(String reason) {
    write(reason);
    press(approval());
    return this;
  }

  Voter reject(String reason) {
    write(reason);
    press(rejection());
    return this;
  }

  Voter takeBack(String reason) {
    page.getByText("Take my vote back").click();
    page.locator("#withdraw-reason").fill(reason);
    press(button("Take it back"));
    return this;
  }

  Voter write(String reason) {
    page.locator("#reason").fill(reason);
    return this;
  }

  /** Makes the last click of an approval happen at a moment, in milliseconds since 1970. */
  void approveAt(long moment) {
    arm(approval(), moment);
  }

  /** The same of a rejection. */
  void rejectAt(long moment) {
    arm(rejection(), moment);
  }

  /** Waits until the page says so, without loading it anew. */
  Voter sees(String words) {
    assertThat(page.locator("main"))
        .containsText(
            words, new ContainsTextOptions().setTimeout(PATIENCE_MILLIS).setUseInnerText(true));
    return this;
  }

  Voter sawItWithoutReloading() {
    assertEquals(true, page.evaluate("window.sameDocument === true"), "the page was loaded anew");
    return this;
  }

  /** What the page says about the click: that it counts, or why it does not. */
  String answer() {
    Locator said = page.locator("main > .banner.good, main [role=alert]:visible").first();
    said.waitFor(new Locator.WaitForOptions().setTimeout(PATIENCE_MILLIS));
    return said.textContent();
  }

  private Locator approval() {
    return page.locator("button[name=decision][value=approve]");
  }

  private Locator rejection() {
    return page.locator("button[name=decision][value=reject]");
  }

  private Locator button(String name) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
  }

  /** Says yes where the page asks once more. */
  private void press(Locator button) {
    boolean asksOnceMore = button.getAttribute("data-confirm") != null;
    button.click();
    if (asksOnceMore) {
      yes().click();
    }
  }

  private void arm(Locator button, long moment) {
    if (button.getAttribute("data-confirm") != null) {
      button.click();
      yes().evaluate(ARM, (double) moment);
    } else {
      button.evaluate(ARM, (double) moment);
    }
  }

  private Locator yes() {
    return page.locator("dialog[open] [data-yes]");
  }
}
