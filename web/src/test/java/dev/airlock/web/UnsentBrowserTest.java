package dev.airlock.web;

import static dev.airlock.web.Window.hides;
import static dev.airlock.web.Window.says;
import static dev.airlock.web.Window.shows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.FormData;
import com.microsoft.playwright.options.RequestOptions;
import dev.airlock.store.Decision;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What somebody has typed and not sent, where their session or the question ends meanwhile. */
final class UnsentBrowserTest {
  private static final String REASON = "Calibration is what campaigns need, and it is good.";

  private static WebFixture web;
  private static Window window;
  private static Page page;
  private static String name;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    name = WebFixture.freshName("unsent");
    web.scene.publish(name);
    window = new Window("http://127.0.0.1:" + web.server.port());
    page = window.page;
  }

  @AfterAll
  static void stop() {
    window.close();
    web.close();
  }

  @BeforeEach
  void signIn() {
    signIn("approver");
  }

  private static void signIn(String person) {
    // What the page before asks for ends with it.
    page.navigate("about:blank");
    page.context().clearCookies();
    window.signIn(person);
  }

  @AfterEach
  void noScriptFailed() {
    window.noScriptFailed();
  }

  private static Scene.Play question() {
    return web.scene.playToApproval(web.scene.request(name));
  }

  private static void open(Scene.Play play) {
    page.navigate("/approvals/" + play.approvalId);
    window.at("#reason").fill(REASON);
  }

  /** Opens a page and waits until it is told of what changes. */
  private static void follow(String path) {
    Response stream = page.waitForResponse("**/events?*", () -> page.navigate(path));
    assertEquals(200, stream.status());
  }

  private static void signOut() {
    String csrf = window.at("meta[name=csrf-token]").getAttribute("content");
    page.context()
        .request()
        .post("/sign-out", RequestOptions.create().setForm(FormData.create().set("csrf", csrf)));
  }

  private static void signInElsewhere(Page other, String person) {
    other.getByLabel("Name").fill(person);
    other.getByLabel("Password").fill("password of " + person);
    other.locator("main form button[type=submit]").first().click();
    other.waitForURL(url -> !url.contains("sign-in"));
  }

  private static List<Decision> decisions(Scene.Play play) {
    return web.store.approvals().decisions(play.approvalId);
  }

  @Test
  void shouldKeepAHalfWrittenReasonWhereTheSessionEnds() {
    Scene.Play play = question();
    List<String> sent = new ArrayList<>();
    page.onRequest(
        request -> {
          if (request.method().equals("POST")) {
            sent.add(request.url());
          }
        });
    follow("/approvals/" + play.approvalId);
    window.at("#reason").fill(REASON);
    signOut();
    says(window.at("#unsent"), "You are signed out. What you typed is still here");
    assertEquals(REASON, window.at("#reason").inputValue());
    page.waitForResponse("**/keys", () -> window.at("#decide button.primary").click());
    PlaywrightAssertions.assertThat(window.at("#decide [aria-busy]")).hasCount(0);

    Page other = page.waitForPopup(() -> window.at("#unsent a").click());
    signInElsewhere(other, "approver");
    assertTrue(other.url().endsWith("/approvals/" + play.approvalId), other.url());
    other.close();
    page.evaluate("dispatchEvent(new Event('focus'))");

    hides(window.at("#unsent"));
    assertEquals(REASON, window.at("#reason").inputValue());
    window.at("#decide button.primary").click();
    says(window.at("#main"), REASON);
    assertEquals(REASON, decisions(play).get(0).reason());
    assertEquals(1, sent.size(), "sent once, and by whoever has signed in again: " + sent);
  }

  @Test
  void shouldNoticeTheEndOfTheSessionWhereNothingWasHeardYet() {
    Scene.Play play = question();
    List<Route> first = new ArrayList<>();
    page.route(
        "**/events?*",
        route -> {
          if (first.isEmpty()) {
            first.add(route);
          } else {
            route.resume();
          }
        });
    open(play);
    page.waitForCondition(() -> !first.isEmpty());
    signOut();
    Page other = page.context().newPage();
    other.navigate("/sign-in");

    first.get(0).resume();

    says(window.at("#unsent"), "You are signed out.");
    assertEquals(REASON, window.at("#reason").inputValue());
    signInElsewhere(other, "approver");
    other.close();
    page.evaluate("dispatchEvent(new Event('focus'))");
    hides(window.at("#unsent"));
  }

  @Test
  void shouldKeepItFromWhoeverElseSignsIn() {
    Scene.Play play = question();
    open(play);
    signOut();
    page.evaluate("document.body.dispatchEvent(new Event('airlock:changed'))");
    says(window.at("#unsent"), "You are signed out.");

    Page other = page.waitForPopup(() -> window.at("#unsent a").click());
    signInElsewhere(other, "viewer");
    page.evaluate("dispatchEvent(new Event('focus'))");
    says(window.at("#unsent"), "Now viewer is signed in, and this page was opened by approver.");
    assertEquals(REASON, window.at("#reason").inputValue());

    other.navigate("/sign-in");
    signInElsewhere(other, "approver");
    other.close();
    window.at("#decide button.primary").click();
    says(window.at("#main"), REASON);
    assertEquals("approver", decisions(play).get(0).person());
  }

  @Test
  void shouldNotSendWhatWouldBeLost() {
    Scene.Play play = question();
    // Nothing is heard of the end of the session before the form is sent.
    page.route("**/events?*", Route::abort);
    open(play);
    signOut();
    window.at("#decide button.danger").click();
    window.at("#sure [data-yes]").click();
    says(window.at("#unsent"), "You are signed out.");
    page.route("**/keys", Route::abort);
    window.at("#decide button.primary").click();
    says(window.at("#unsent"), "Not sent: Airlock can't be reached");
    page.unroute("**/keys");

    Page other = page.context().newPage();
    other.navigate("/sign-in");
    signInElsewhere(other, "viewer");
    window.at("#decide button.primary").click();
    says(window.at("#unsent"), "Now viewer is signed in, and this page was opened by approver.");
    assertEquals(REASON, window.at("#reason").inputValue());
    assertEquals(List.of(), decisions(play));

    other.navigate("/sign-in");
    signInElsewhere(other, "approver");
    other.close();
    window.at("#decide button.danger").click();
    window.at("#sure [data-yes]").click();
    says(window.at("#main"), REASON);
    assertEquals(Decision.Verdict.REJECT, decisions(play).get(0).verdict());
  }

  /** Whether a form would be taken is answered when the test wants it. */
  private static List<Route> holdBack() {
    List<Route> held = new ArrayList<>();
    page.route("**/keys", held::add);
    return held;
  }

  private static Scene.Play pressedApprove(List<Route> held) {
    Scene.Play play = question();
    open(play);
    window.at("#decide button.primary").click();
    page.waitForCondition(() -> held.size() == 1);
    PlaywrightAssertions.assertThat(window.at("#decide button.primary"))
        .hasAttribute("aria-busy", "true");
    return play;
  }

  private static void isRejectedAlone(Scene.Play play) {
    says(window.at("#main"), REASON);
    page.waitForCondition(() -> !decisions(play).isEmpty());
    assertEquals(
        List.of(Decision.Verdict.REJECT), decisions(play).stream().map(Decision::verdict).toList());
  }

  @Test
  void shouldSendWhatWasDecidedLast() {
    List<Route> held = holdBack();
    Scene.Play play = pressedApprove(held);
    window.at("#decide button.danger").click();
    window.at("#sure [data-yes]").click();
    page.waitForCondition(() -> held.size() == 2);
    PlaywrightAssertions.assertThat(window.at("#decide [aria-busy]")).hasText("Reject");

    held.forEach(Route::resume);

    page.waitForURL("**/approvals/" + play.approvalId + "?*");
    isRejectedAlone(play);
  }

  @Test
  void shouldSendNothingWhileSomebodyThinksItOver() {
    List<Route> held = holdBack();
    Scene.Play play = pressedApprove(held);
    window.at("#decide button.danger").click();
    shows(window.at("#sure"));

    page.waitForResponse("**/keys", held.get(0)::resume);
    window.at("#sure button[value='']").click();

    says(window.at("#unsent"), "Not sent: you pressed another button before it was sent.");
    PlaywrightAssertions.assertThat(window.at("#decide [aria-busy]")).hasCount(0);
    assertEquals(REASON, window.at("#reason").inputValue());
    assertEquals(List.of(), decisions(play));
    page.unroute("**/keys");
    window.at("#decide button.danger").click();
    window.at("#sure [data-yes]").click();
    isRejectedAlone(play);
  }

  @Test
  void shouldBecomeThePageOfWhoeverSignedInWhereNobodyWrote() {
    Scene.Play play = question();
    // Nothing is heard of the end of the session, as in a tab that is hidden.
    page.route("**/events?*", Route::abort);
    page.navigate("/approvals/" + play.approvalId);
    Page other = page.context().newPage();
    other.navigate("/sign-in");
    signInElsewhere(other, "admin");
    other.close();

    page.evaluate("document.body.dispatchEvent(new Event('airlock:changed'))");

    PlaywrightAssertions.assertThat(window.at("meta[name=viewer]"))
        .hasAttribute("content", "admin");
    says(window.at(".who"), "admin");
    window.at("#reason").fill(REASON);
    window.at("#decide button.primary").click();
    page.waitForCondition(() -> !decisions(play).isEmpty());
    assertEquals("admin", decisions(play).get(0).person());
  }

  @Test
  void shouldKeepWhatIsWrittenWhereTheQuestionCloses() {
    Scene.Play play = question();
    open(play);
    window.at("#decide button.danger").click();
    shows(window.at("#sure"));

    web.scene.decide(play, "admin");

    says(window.at("#decide"), "This can't be answered any more; what you typed stays here");
    window.at("#sure [data-yes]").click();
    says(
        window.at("#unsent"),
        "Not sent: this can't be answered any more. What you typed: “" + REASON);
    assertEquals(REASON, window.at("#reason").inputValue());
    PlaywrightAssertions.assertThat(window.at("#decide button.primary")).isDisabled();
    readAnew();
    PlaywrightAssertions.assertThat(window.at("#decide [role=status]")).hasCount(1);
    shows(window.at("#unsent"));
    assertEquals(1, decisions(play).size());
  }

  @Test
  void shouldSayThatItWasNotSentWhereTheQuestionClosesMeanwhile() {
    List<Route> held = holdBack();
    Scene.Play play = pressedApprove(held);
    web.scene.decide(play, "admin");
    says(window.at("#decide"), "This can't be answered any more");

    held.get(0).resume();

    says(
        window.at("#unsent"),
        "Not sent: this can't be answered any more. What you typed: “" + REASON);
    PlaywrightAssertions.assertThat(window.at("[aria-busy]")).hasCount(0);
    assertEquals(1, decisions(play).size());
  }

  private static void readAnew() {
    page.evaluate(
        "patience => new Promise((done, failed) => {"
            + " document.addEventListener('airlock:swapped', () => done(0), {once: true});"
            + " setTimeout(() => failed(new Error('The page was not read anew.')), patience);"
            + " document.body.dispatchEvent(new Event('airlock:changed')); })",
        Window.PATIENCE);
  }

  @Test
  void shouldKnowAFormByItsKeyHoweverOftenThePageIsReadAnew() {
    signIn("engineer");
    String pipeline = WebFixture.freshName("again");
    web.scene.publish(pipeline);
    Scene.Play open = web.scene.playToApproval(web.scene.request(pipeline));
    web.scene.playToLive(web.scene.request(pipeline));
    page.navigate("/approvals/" + open.approvalId);
    Locator key = window.at("#anew input[name=key]");
    String first = key.inputValue();
    readAnew();
    assertEquals(first, key.inputValue(), "a second click starts no second run");

    web.scene.playToLive(web.scene.request(pipeline));
    readAnew();
    says(window.at("#anew"), "Judge it beside v3");
    assertNotEquals(first, key.inputValue(), "beside another version it is another run");

    page.navigate("/pipelines/" + pipeline);
    Locator ofStart = window.at("#start input[name=key]");
    String before = ofStart.inputValue();
    readAnew();
    assertEquals(before, ofStart.inputValue());
  }

  @Test
  void shouldLeadToTheFormToSignInWhereNobodyWrites() {
    follow("/runs");
    signOut();
    page.waitForURL("**/sign-in?then=*");
    shows(page.getByLabel("Password"));
  }
}
