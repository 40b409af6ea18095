package dev.airlock.web;

import static dev.airlock.web.Window.hides;
import static dev.airlock.web.Window.says;
import static dev.airlock.web.Window.shows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import dev.airlock.store.RunStage;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageState;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What people are used to in a browser, with the scripts at work: as an engineer in Berlin. */
final class HabitsBrowserTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static WebFixture web;
  private static Window window;
  private static Page page;
  private static String name;
  private static Scene.Play live;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    name = WebFixture.freshName("habits");
    web.scene.publish(name);
    live = web.scene.playToLive(web.scene.request(name));
    window = new Window("http://127.0.0.1:" + web.server.port());
    page = window.page;
    window.signIn("engineer");
  }

  @AfterAll
  static void stop() {
    window.close();
    web.close();
  }

  @AfterEach
  void noScriptFailed() {
    window.noScriptFailed();
  }

  @Test
  void shouldFindWhatWasTypedAndNeverWhatWasFoundBefore() {
    page.navigate("/");
    page.keyboard().press("/");
    shows(window.at("#search .hits a").first());
    assertEquals("Home", window.at("#search .hits a b").first().textContent());
    // Faster than anything can be looked up: what is shown is still the list of all pages.
    window.at("#find").fill(name);
    page.keyboard().press("Enter");
    page.waitForURL("**/pipelines/" + name);

    page.keyboard().press("/");
    window.at("#find").fill("" + live.run.id());
    says(window.at("#search [data-says]"), "found");
    page.keyboard().press("ArrowDown");
    page.keyboard().press("Enter");
    page.waitForURL(Pattern.compile("/(runs|approvals|alerts|backfills)/\\d+$"));

    page.keyboard().press("/");
    window.at("#find").fill("nothing-goes-by-this");
    page.keyboard().press("Enter");
    says(window.at("#search [data-found]"), "Nothing goes by that.");
    page.keyboard().press("Escape");
    hides(window.at("#search"));
  }

  @Test
  void shouldDoByKeyWhatTheListOfKeysSays() {
    page.navigate("/runs");
    page.keyboard().press("?");
    shows(window.at("#keys[open]"));
    says(window.at("#keys"), "search or jump to anything");
    page.keyboard().press("Escape");
    hides(window.at("#keys"));
    for (String[] jump : List.of(new String[] {"m", "/models"}, new String[] {"d", "/datasets"})) {
      page.keyboard().press("g");
      page.keyboard().press(jump[0]);
      page.waitForURL("**" + jump[1]);
    }
    Object before = page.evaluate("document.documentElement.dataset.theme || ''");
    page.keyboard().press("t");
    assertNotEquals(before, page.evaluate("document.documentElement.dataset.theme || ''"));
  }

  @Test
  void shouldCloseADialogByAClickBesideItAndNotOnItsMargin() {
    page.navigate("/runs");
    page.keyboard().press("?");
    shows(window.at("#keys dl").first());
    BoundingBox box = window.at("#keys").boundingBox();

    page.mouse().click(box.x + 6, box.y + 6);
    page.mouse().move(box.x + 40, box.y + 40);
    page.mouse().down();
    page.mouse().move(box.x - 40, box.y + 40);
    page.mouse().up();
    shows(window.at("#keys[open]"));

    page.mouse().click(box.x - 40, box.y + 40);
    hides(window.at("#keys"));
  }

  @Test
  void shouldNotReadAWarningOutAgainBecauseTimeHasPassed() {
    page.navigate("/runs");
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<p role=alert>Found <time data-tick=ago datetime=2026-01-01T00:00:00Z>just now</time></p>')");
    Locator ago = window.at("body > [role=alert] time");
    says(ago, " d ago");
    assertEquals("off", ago.getAttribute("aria-live"));
  }

  @Test
  void shouldNameTheOtherThemeWhereTheSystemChangesIts() {
    page.navigate("/runs");
    page.context().clearCookies(new BrowserContext.ClearCookiesOptions().setName("airlock_theme"));
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    page.navigate("/runs");
    says(window.at("#theme"), "Dark theme");
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    says(window.at("#theme"), "Light theme");
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
  }

  @Test
  void shouldLeaveLettersAloneWhereTheyAreSwitchedOff() {
    page.navigate("/keys");
    Locator letters = window.at("main [data-letters]");
    assertTrue(letters.isChecked(), "on as long as nobody has switched them off");
    letters.uncheck();
    page.navigate("/runs");
    for (String key : List.of("?", "/", "g", "m")) {
      page.keyboard().press(key);
    }
    hides(window.at("#keys"));
    hides(window.at("#search"));
    assertTrue(page.url().endsWith("/runs"), page.url());
    window.at("[data-keys]").click();
    shows(window.at("#keys [data-letters]"));
    assertFalse(window.at("#keys [data-letters]").isChecked());
    window.at("#keys [data-letters]").check();
    page.keyboard().press("Escape");
    page.keyboard().press("/");
    shows(window.at("#search"));
  }

  @Test
  void shouldAskBeforeWhatCannotBeUndone() {
    long run = web.scene.running(name).run.id();
    page.navigate("/runs/" + run);
    hides(window.at("#sure"));
    Locator cancel =
        page.getByRole(
            AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Cancel").setExact(true));

    cancel.click();
    shows(window.at("#sure"));
    says(window.at("#sure h2"), "Cancel run " + run + "?");
    says(window.at("#sure [data-consequence]"), "What it has registered stays");
    page.keyboard().press("Escape");
    hides(window.at("#sure"));
    cancel.click();
    window.at("#sure button[value='']").click();
    hides(window.at("#sure"));
    assertNull(web.store.runs().find(run).orElseThrow().cancelRequestedBy());

    cancel.click();
    window.at("#sure [data-yes]").click();
    says(window.at(".banner.good"), "Cancellation is recorded");
    assertEquals("engineer", web.store.runs().find(run).orElseThrow().cancelRequestedBy());
  }

  @Test
  void shouldSayWhatAThresholdWouldDo() {
    page.navigate("/models/" + name + "/versions/1");
    Locator right = window.at("#cutoff [data-model] [data-shows=tp]").first();
    Locator threshold = window.at("#cutoff [data-shows=threshold]");
    String chosen = threshold.textContent();
    String before = right.textContent();
    window.at("#threshold").focus();
    page.keyboard().press("End");
    PlaywrightAssertions.assertThat(right).not().hasText(before);
    assertNotEquals(chosen, threshold.textContent());
    window.at("#cutoff [data-back]").click();
    PlaywrightAssertions.assertThat(right).hasText(before);
    assertEquals(chosen, threshold.textContent());
  }

  @Test
  void shouldSayMomentsInTheZoneOfWhoeverReads() {
    long run = web.scene.running(name).run.id();
    web.scene.say(run, 1, 1, "now in Berlin");
    Instant began =
        web.store.runs().stages(run).stream()
            .filter(stage -> stage.name().equals("orders"))
            .map(RunStage::startedAt)
            .filter(Objects::nonNull)
            .findFirst()
            .orElseThrow();
    page.navigate("/runs/" + run + "?stage=orders");
    Locator time = window.at("#stage-orders time");
    PlaywrightAssertions.assertThat(time).hasText(said("HH:mm:ss", began));
    assertTrue(time.getAttribute("title").contains(" UTC (Europe/Berlin here)"));
    Locator line = window.at("#log .line time").first();
    Instant spoken = Instant.parse(line.getAttribute("datetime"));
    PlaywrightAssertions.assertThat(line).hasText(said("HH:mm:ss.SSS", spoken));

    web.scene.say(run, 1, 2, "a line that comes later");
    says(window.at("#log"), "a line that comes later");
    Locator later = window.at("#log .line time").last();
    assertEquals(
        said("HH:mm:ss.SSS", Instant.parse(later.getAttribute("datetime"))), later.textContent());
    assertTrue(later.getAttribute("title").contains("UTC"), "lines that follow, too");

    window.at("#zone").click();
    PlaywrightAssertions.assertThat(line)
        .hasText(
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.of("UTC")).format(spoken));
    window.at("#zone").click();
    PlaywrightAssertions.assertThat(line).hasText(said("HH:mm:ss.SSS", spoken));
  }

  private static String said(String pattern, Instant moment) {
    return DateTimeFormatter.ofPattern(pattern).withZone(BERLIN).format(moment);
  }

  @Test
  void shouldCountByTheServersClock() {
    long run = web.scene.running(name).run.id();
    try (BrowserContext other =
        page.context()
            .browser()
            .newContext(
                new Browser.NewContextOptions()
                    .setBaseURL("http://127.0.0.1:" + web.server.port())
                    .setStorageState(page.context().storageState()))) {
      other.addInitScript("const real = Date.now; Date.now = () => real() + 7200000;");
      Page late = other.newPage();
      late.navigate("/runs/" + run);
      Locator took = late.locator("#stage-orders [data-since]");
      PlaywrightAssertions.assertThat(took).hasText(Pattern.compile("^[1-4] m \\d\\d s$"));
      Locator ago = late.locator(".title time[data-tick=ago]");
      ago.evaluate("e => e.dateTime = new Date(Date.parse(e.dateTime) - 180000).toISOString()");
      PlaywrightAssertions.assertThat(ago).hasText("3 min ago");
    }
  }

  @Test
  void shouldSayThatTheConnectionIsLostAndGoOnWhenItIsBack() {
    Scene.Play play = web.scene.running(name);
    page.route("**/events?*", Route::abort);
    page.navigate("/runs/" + play.run.id());
    says(window.at("#lost"), "The connection is lost.");
    shows(window.at("#lost"));
    play.begin("orders", StageState.WAITING);
    play.flush(RunState.RUNNING);
    page.unroute("**/events?*");
    PlaywrightAssertions.assertThat(window.at("#stage-orders .state")).hasText("waiting");
    hides(window.at("#lost"));
  }

  @Test
  void shouldNotSayThatAllIsWellWhileThePageCannotBeRead() {
    Scene.Play play = web.scene.running(name);
    long run = play.run.id();
    page.navigate("/runs/" + run);
    page.route("**/runs/" + run, route -> route.fulfill(new Route.FulfillOptions().setStatus(503)));
    change(play, StageState.WAITING);
    says(window.at("#lost"), "could not be read anew");
    page.unroute("**/runs/" + run);
    PlaywrightAssertions.assertThat(window.at("#stage-orders .state")).hasText("waiting");
    hides(window.at("#lost"));

    AtomicInteger asked = new AtomicInteger();
    page.route(
        "**/runs/" + run,
        route -> {
          asked.incrementAndGet();
          route.fulfill(new Route.FulfillOptions().setStatus(404));
        });
    change(play, StageState.RUNNING);
    says(window.at("#lost"), "no longer there");
    assertEquals(1, asked.get(), "what has gone is not asked for again");
  }

  private static void change(Scene.Play play, StageState state) {
    play.begin("orders", state);
    play.flush(RunState.RUNNING);
  }

  @Test
  void shouldSayThatALogIsInterruptedAndMissNoLine() {
    long run = web.scene.running(name).run.id();
    web.scene.say(run, 1, 1, "the first line");
    page.route("**/stages/orders/logs?*", Route::abort);
    page.navigate("/runs/" + run + "?stage=orders");
    says(window.at("#log [data-log-state]"), "interrupted");
    web.scene.say(run, 1, 2, "said meanwhile");
    page.unroute("**/stages/orders/logs?*");
    says(window.at("#log [data-log-lines]"), "said meanwhile");
    says(window.at("#log [data-log-state]"), "live");
    assertEquals(2, window.at("#log .line").count(), "each line once");
  }

  @Test
  void shouldKeepWhatOneTypesOpensAndFollows() {
    Scene.Play play = web.scene.playToApproval(web.scene.request(name));
    long run = play.run.id();
    web.scene.say(run, 1, 1, "row 17 is fine");
    web.scene.say(run, 1, 2, "row 18 is odd");
    page.navigate("/runs/" + run + "?stage=orders");
    says(window.at(".verdict"), "waits for");
    window.at("[data-log-filter]").fill("odd");
    PlaywrightAssertions.assertThat(window.at("#log .line")).hasCount(1);
    window.at("#words summary").click();
    window.at("#run-note").fill("half a sentence");
    page.evaluate("document.getElementById('log-lines').dataset.mine = 'the same one'");

    web.scene.decide(play, "approver");
    hides(page.getByText("to let it pass."));
    assertEquals("half a sentence", window.at("#run-note").inputValue());
    assertTrue((boolean) page.evaluate("document.getElementById('words').open"));
    assertEquals("run-note", page.evaluate("document.activeElement.id"));
    assertEquals("odd", window.at("[data-log-filter]").inputValue());
    assertEquals(1, window.at("#log .line").count(), "the filter holds");
    assertEquals(
        "the same one", page.evaluate("document.getElementById('log-lines').dataset.mine"));
    assertEquals(
        0, window.at("noscript").count(), "fields for those without script would block a form");
  }

  @Test
  void shouldKeepTheFocusOnTheSameRunWhenAnotherOneComes() {
    long run = web.scene.running(name).run.id();
    page.navigate("/runs?pipeline=" + name);
    window.at("#run-" + run + " a").first().focus();
    long newer = web.scene.request(name);
    shows(window.at("#run-" + newer));
    assertEquals("/runs/" + run, page.evaluate("document.activeElement.getAttribute('href')"));
  }

  @Test
  void shouldTellThoseWhoListenHowARunEnded() {
    Scene.Play play = web.scene.running(name);
    page.navigate("/runs/" + play.run.id());
    assertEquals("", window.at("#told").textContent(), "nothing is said where nothing has changed");
    play.fail("orders", new StageError(StageFailure.BAD_DATA, "row 17", List.of()));
    says(window.at("#told"), "Run %d of %s: failed.".formatted(play.run.id(), name));
  }

  @Test
  void shouldHoldNoStreamWhereNobodyLooks() {
    Scene.Play play = web.scene.running(name);
    long run = play.run.id();
    web.scene.say(run, 1, 1, "before");
    Set<String> open = ConcurrentHashMap.newKeySet();
    page.onRequest(
        request -> {
          if (request.resourceType().equals("eventsource")) {
            open.add(request.url());
          }
        });
    page.onRequestFailed(request -> open.remove(request.url()));
    page.onRequestFinished(request -> open.remove(request.url()));
    page.navigate("/runs/" + run + "?stage=orders");
    page.waitForCondition(() -> open.size() == 2);

    // Chromium without a screen shows each tab; so the page is told what a hidden one is.
    look("true");
    page.waitForCondition(open::isEmpty);
    web.scene.say(run, 1, 2, "said while nobody looked");
    change(play, StageState.WAITING);
    look("false");
    says(window.at("#log"), "said while nobody looked");
    PlaywrightAssertions.assertThat(window.at("#stage-orders .state")).hasText("waiting");
    page.waitForCondition(() -> open.size() == 2);
    assertEquals(2, window.at("#log .line").count(), "each line once");
  }

  private static void look(String isHidden) {
    page.evaluate(
        "() => { Object.defineProperty(document, 'hidden', {configurable: true, get: () => %s});"
                .formatted(isHidden)
            + " document.dispatchEvent(new Event('visibilitychange')); }");
  }

  @Test
  void shouldKeepFiltersInTheAddressAndOnTheWayBack() {
    page.navigate("/runs?pipeline=" + name);
    page.getByRole(
            AriaRole.LINK, new Page.GetByRoleOptions().setName(Pattern.compile("^succeeded")))
        .first()
        .click();
    page.waitForURL(Pattern.compile("pipeline=" + name + "&state=succeeded"));
    String filtered = page.url();
    window.at("#run-" + live.run.id() + " a").first().click();
    page.waitForURL("**/runs/" + live.run.id());
    page.goBack();
    assertEquals(filtered, page.url());
    says(window.at(".filters a[aria-current]"), "succeeded");
    PlaywrightAssertions.assertThat(window.at("#run-" + live.run.id())).isVisible();
  }
}
