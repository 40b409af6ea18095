package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.FormData;
import com.microsoft.playwright.options.RequestOptions;
import dev.airlock.store.Decision;
import dev.airlock.store.LogLevel;
import dev.airlock.store.NewLogLine;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logs that go on, and sessions that end, under the eyes of whoever has a page open. */
final class LiveBrowserTest {
  private static final String REASON = "Calibration is what campaigns need, and it is good.";

  private static WebFixture web;
  private static Window window;
  private static Page page;
  private static String name;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    name = WebFixture.freshName("live");
    web.scene.publish(name);
    window = new Window("http://127.0.0.1:" + web.server.port());
    page = window.page;
    page.setDefaultTimeout(20_000);
    PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
  }

  @AfterAll
  static void stop() {
    window.close();
    web.close();
  }

  @BeforeEach
  void signIn() {
    page.context().clearCookies();
    window.signIn("approver");
  }

  @AfterEach
  void noScriptFailed() {
    page.unrouteAll();
    assertEquals(List.of(), window.faults);
  }

  private static Scene.Play running() {
    Scene.Play play = web.scene.play(web.scene.request(name));
    play.begin("orders", StageState.RUNNING);
    play.flush(RunState.RUNNING);
    return play;
  }

  private static void say(long run, int attempt, int number, String text) {
    web.store
        .logs()
        .keep(
            List.of(
                new NewLogLine(
                    run, "orders", attempt, number, Instant.now(), LogLevel.INFO, text)));
  }

  private static void breakOff(long run, int attempt) {
    StageError error = new StageError(StageFailure.BAD_DATA, "The shop is shut.", List.of());
    web.store.attempts().finish(run, "orders", attempt, error, null);
  }

  private static Locator at(String selector) {
    return page.locator(selector);
  }

  private static void shows(Locator what) {
    PlaywrightAssertions.assertThat(what).isVisible();
  }

  private static void hides(Locator what) {
    PlaywrightAssertions.assertThat(what).isHidden();
  }

  private static void says(Locator what, String text) {
    PlaywrightAssertions.assertThat(what).containsText(text);
  }

  @Test
  void shouldSayThatAnAttemptSaidNothingOnceItHasEnded() {
    long run = running().run.id();
    page.navigate("/runs/" + run + "?stage=orders");
    says(at("#log"), "Attempt 1 on worker-1 has said nothing yet.");
    says(at("#log h2"), "live");

    breakOff(run, 1);

    says(at("#log"), "Attempt 1 said nothing.");
    PlaywrightAssertions.assertThat(at("#log h2 [data-log-state]")).not().containsText("live");
  }

  @Test
  void shouldGoOnWithTheNextAttemptThroughTheSameFilter() {
    long run = running().run.id();
    say(run, 1, 1, "row 17 is odd");
    page.navigate("/runs/" + run + "?stage=orders");
    at("[data-log-filter]").fill("odd");
    says(at("#log-lines"), "row 17 is odd");

    breakOff(run, 1);
    web.store.attempts().claim(run, "orders", 2, "worker-2");

    says(at("#log h2"), "attempt 2");
    says(at("#log-attempts a[aria-current]"), "attempt 2");
    say(run, 2, 1, "row 18 is fine");
    say(run, 2, 2, "row 19 is odd");
    says(at("#log-lines"), "row 19 is odd");
    assertEquals("odd", at("[data-log-filter]").inputValue());
    assertEquals(1, at("#log .line").count(), "of this attempt, and only what holds the text");
    at("[data-log-filter]").fill("nobody says that");
    says(at("#log"), "No line holds “nobody says that” so far.");
    at("[data-log-filter]").fill("");
    says(at("#log-lines"), "row 18 is fine");
    PlaywrightAssertions.assertThat(at("#log .line")).hasCount(2);
  }

  @Test
  void shouldSayHowManyLinesOfALongLogAreLeftOut() {
    long run = running().run.id();
    List<NewLogLine> said = new ArrayList<>();
    for (int number = 1; number <= 6_000; number++) {
      said.add(
          new NewLogLine(run, "orders", 1, number, Instant.now(), LogLevel.INFO, "row " + number));
    }
    web.store.logs().keep(said.subList(0, 300));
    page.navigate("/runs/" + run + "?stage=orders");
    says(at("#log-more"), "100 earlier lines are in the whole log.");

    web.store.logs().keep(said.subList(300, 6_000));

    says(at("#log .line").last(), "row 6000");
    says(at("#log-more"), "1000 earlier lines are in the whole log.");
    says(at("#log .line").first(), "row 1001");
    assertEquals(5_000, at("#log .line").count());
  }

  @Test
  void shouldComeBackEverLessOftenWhereAStreamIsClosedAtOnce() {
    long run = running().run.id();
    List<Long> ofPage = new ArrayList<>();
    List<Long> ofLog = new ArrayList<>();
    page.route("**/events?*", route -> closeAtOnce(route, ofPage));
    page.route("**/stages/orders/logs?*", route -> closeAtOnce(route, ofLog));

    page.navigate("/runs/" + run + "?stage=orders");

    page.waitForCondition(() -> ofPage.size() == 4 && ofLog.size() == 4);
    for (List<Long> asked : List.of(ofPage, ofLog)) {
      long millis = (asked.get(3) - asked.get(2)) / 1_000_000;
      assertTrue(millis > 1_900, "2 to 4 s before the fourth, and not " + millis + " ms");
    }
    says(at("#log [data-log-state]"), "interrupted");
  }

  private static void closeAtOnce(Route route, List<Long> asked) {
    if (asked.size() < 4) {
      asked.add(System.nanoTime());
    }
    route.fulfill(
        new Route.FulfillOptions()
            .setContentType("text/event-stream")
            .setBody("event: beat\ndata: {}\n\n"));
  }

  private static Scene.Play question() {
    return web.scene.playToApproval(web.scene.request(name));
  }

  private static void open(Scene.Play play) {
    page.navigate("/approvals/" + play.approvalId);
    at("#reason").fill(REASON);
  }

  private static void signOut() {
    String csrf = at("meta[name=csrf-token]").getAttribute("content");
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
    open(play);
    signOut();
    says(at("#unsent"), "You are signed out. What you typed is still here");
    assertEquals(REASON, at("#reason").inputValue());
    at("#decide button.primary").click();
    assertEquals(List.of(), decisions(play));

    Page other = page.waitForPopup(() -> at("#unsent a").click());
    signInElsewhere(other, "approver");
    assertTrue(other.url().endsWith("/approvals/" + play.approvalId), other.url());
    other.close();
    page.evaluate("dispatchEvent(new Event('focus'))");

    hides(at("#unsent"));
    assertEquals(REASON, at("#reason").inputValue());
    at("#decide button.primary").click();
    says(at("#main"), REASON);
    assertEquals(REASON, decisions(play).get(0).reason());
  }

  @Test
  void shouldKeepItFromWhoeverElseSignsIn() {
    Scene.Play play = question();
    open(play);
    signOut();
    says(at("#unsent"), "You are signed out.");

    Page other = page.waitForPopup(() -> at("#unsent a").click());
    signInElsewhere(other, "viewer");
    page.evaluate("dispatchEvent(new Event('focus'))");
    says(at("#unsent"), "Now viewer is signed in, and this page was opened by approver.");
    assertEquals(REASON, at("#reason").inputValue());

    other.navigate("/sign-in");
    signInElsewhere(other, "approver");
    other.close();
    at("#decide button.primary").click();
    says(at("#main"), REASON);
    assertEquals("approver", decisions(play).get(0).person());
  }

  @Test
  void shouldNotSendWhatWouldBeLost() {
    Scene.Play play = question();
    // Nothing is heard of the end of the session before the form is sent.
    page.route("**/events?*", Route::abort);
    open(play);
    signOut();
    at("#decide button.danger").click();
    at("#sure [data-yes]").click();
    says(at("#unsent"), "You are signed out.");
    page.route("**/keys", Route::abort);
    at("#decide button.primary").click();
    says(at("#unsent"), "Not sent: Airlock can't be reached");
    page.unroute("**/keys");

    Page other = page.context().newPage();
    other.navigate("/sign-in");
    signInElsewhere(other, "viewer");
    at("#decide button.primary").click();
    says(at("#unsent"), "Now viewer is signed in, and this page was opened by approver.");
    assertEquals(REASON, at("#reason").inputValue());
    assertEquals(List.of(), decisions(play));

    other.navigate("/sign-in");
    signInElsewhere(other, "approver");
    other.close();
    at("#decide button.danger").click();
    at("#sure [data-yes]").click();
    says(at("#main"), REASON);
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
    at("#decide button.primary").click();
    page.waitForCondition(() -> held.size() == 1);
    PlaywrightAssertions.assertThat(at("#decide button.primary")).hasAttribute("aria-busy", "true");
    return play;
  }

  private static void isRejectedAlone(Scene.Play play) {
    says(at("#main"), REASON);
    page.waitForCondition(() -> !decisions(play).isEmpty());
    assertEquals(
        List.of(Decision.Verdict.REJECT), decisions(play).stream().map(Decision::verdict).toList());
  }

  @Test
  void shouldSendWhatWasDecidedLast() {
    List<Route> held = holdBack();
    Scene.Play play = pressedApprove(held);
    at("#decide button.danger").click();
    at("#sure [data-yes]").click();
    page.waitForCondition(() -> held.size() == 2);
    PlaywrightAssertions.assertThat(at("#decide [aria-busy]")).hasText("Reject");

    held.forEach(Route::resume);

    page.waitForURL("**/approvals/" + play.approvalId + "?*");
    isRejectedAlone(play);
  }

  @Test
  void shouldSendNothingWhileSomebodyThinksItOver() {
    List<Route> held = holdBack();
    Scene.Play play = pressedApprove(held);
    at("#decide button.danger").click();
    shows(at("#sure"));

    page.waitForResponse("**/keys", held.get(0)::resume);
    at("#sure button[value='']").click();

    says(at("#unsent"), "Not sent: you pressed another button before it was sent.");
    PlaywrightAssertions.assertThat(at("#decide [aria-busy]")).hasCount(0);
    assertEquals(REASON, at("#reason").inputValue());
    assertEquals(List.of(), decisions(play));
    page.unroute("**/keys");
    at("#decide button.danger").click();
    at("#sure [data-yes]").click();
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

    PlaywrightAssertions.assertThat(at("meta[name=viewer]")).hasAttribute("content", "admin");
    says(at(".who"), "admin");
    at("#reason").fill(REASON);
    at("#decide button.primary").click();
    page.waitForCondition(() -> !decisions(play).isEmpty());
    assertEquals("admin", decisions(play).get(0).person());
  }

  @Test
  void shouldKeepWhatIsWrittenWhereTheQuestionCloses() {
    Scene.Play play = question();
    open(play);
    at("#decide button.danger").click();
    shows(at("#sure"));

    web.scene.decide(play, "admin");

    says(at("#decide"), "This can't be answered any more; what you typed stays here");
    at("#sure [data-yes]").click();
    says(at("#unsent"), "Not sent: this can't be answered any more. What you typed: “" + REASON);
    assertEquals(REASON, at("#reason").inputValue());
    PlaywrightAssertions.assertThat(at("#decide button.primary")).isDisabled();
    readAnew();
    PlaywrightAssertions.assertThat(at("#decide [role=status]")).hasCount(1);
    shows(at("#unsent"));
    assertEquals(1, decisions(play).size());
  }

  @Test
  void shouldSayThatItWasNotSentWhereTheQuestionClosesMeanwhile() {
    List<Route> held = holdBack();
    Scene.Play play = pressedApprove(held);
    web.scene.decide(play, "admin");
    says(at("#decide"), "This can't be answered any more");

    held.get(0).resume();

    says(at("#unsent"), "Not sent: this can't be answered any more. What you typed: “" + REASON);
    PlaywrightAssertions.assertThat(at("[aria-busy]")).hasCount(0);
    assertEquals(1, decisions(play).size());
  }

  private static void readAnew() {
    page.evaluate(
        "new Promise(done => { document.addEventListener('airlock:swapped', done, {once: true});"
            + " document.body.dispatchEvent(new Event('airlock:changed')); }).then(() => 0)");
  }

  @Test
  void shouldKnowAFormByItsKeyHoweverOftenThePageIsReadAnew() {
    page.context().clearCookies();
    window.signIn("engineer");
    String pipeline = WebFixture.freshName("again");
    web.scene.publish(pipeline);
    Scene.Play open = web.scene.playToApproval(web.scene.request(pipeline));
    web.scene.playToLive(web.scene.request(pipeline));
    page.navigate("/approvals/" + open.approvalId);
    Locator key = at("#anew input[name=key]");
    String first = key.inputValue();
    readAnew();
    assertEquals(first, key.inputValue(), "a second click starts no second run");

    web.scene.playToLive(web.scene.request(pipeline));
    readAnew();
    says(at("#anew"), "Judge it beside v3");
    assertNotEquals(first, key.inputValue(), "beside another version it is another run");

    page.navigate("/pipelines/" + pipeline);
    Locator ofStart = at("#start input[name=key]");
    String before = ofStart.inputValue();
    readAnew();
    assertEquals(before, ofStart.inputValue());
  }

  @Test
  void shouldLeadToTheFormToSignInWhereNobodyWrites() {
    page.navigate("/runs");
    signOut();
    page.waitForURL("**/sign-in?then=*");
    shows(page.getByLabel("Password"));
  }
}
