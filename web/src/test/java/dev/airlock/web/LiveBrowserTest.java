package dev.airlock.web;

import static dev.airlock.web.Window.hides;
import static dev.airlock.web.Window.says;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import dev.airlock.store.LogLevel;
import dev.airlock.store.NewLogLine;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Logs and pages that go on under the eyes of whoever has them open, also where a stream breaks.
 */
final class LiveBrowserTest {
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
    window.signIn("approver");
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

  private static void breakOff(long run, int attempt) {
    StageError error = new StageError(StageFailure.BAD_DATA, "The shop is shut.", List.of());
    web.store.attempts().finish(run, "orders", attempt, error, null);
  }

  @Test
  void shouldSayThatAnAttemptSaidNothingOnceItHasEnded() {
    long run = web.scene.running(name).run.id();
    page.navigate("/runs/" + run + "?stage=orders");
    says(window.at("#log"), "Attempt 1 on worker-1 has said nothing yet.");
    says(window.at("#log h2"), "live");

    breakOff(run, 1);

    says(window.at("#log"), "Attempt 1 said nothing.");
    PlaywrightAssertions.assertThat(window.at("#log h2 [data-log-state]"))
        .not()
        .containsText("live");
  }

  @Test
  void shouldGoOnWithTheNextAttemptThroughTheSameFilter() {
    long run = web.scene.running(name).run.id();
    web.scene.say(run, 1, 1, "row 16 is fine");
    web.scene.say(run, 1, 2, "row 17 is odd");
    page.navigate("/runs/" + run + "?stage=orders");
    Locator lines = window.at("#log .line");
    PlaywrightAssertions.assertThat(lines).hasCount(2);
    window.at("[data-log-filter]").fill("odd");
    PlaywrightAssertions.assertThat(lines).hasCount(1);
    says(window.at("#log-lines"), "row 17 is odd");

    breakOff(run, 1);
    web.store.attempts().claim(run, "orders", 2, "worker-2");

    says(window.at("#log h2"), "attempt 2");
    says(window.at("#log-attempts a[aria-current]"), "attempt 2");
    web.scene.say(run, 2, 1, "row 18 is fine");
    web.scene.say(run, 2, 2, "row 19 is odd");
    says(window.at("#log-lines"), "row 19 is odd");
    assertEquals("odd", window.at("[data-log-filter]").inputValue());
    PlaywrightAssertions.assertThat(lines).hasCount(1);
    window.at("[data-log-filter]").fill("nobody says that");
    says(window.at("#log"), "No line holds “nobody says that” so far.");
    window.at("[data-log-filter]").fill("");
    says(window.at("#log-lines"), "row 18 is fine");
    PlaywrightAssertions.assertThat(lines).hasCount(2);
  }

  @Test
  void shouldSayHowManyLinesOfALongLogAreLeftOut() {
    long run = web.scene.running(name).run.id();
    List<NewLogLine> said = new ArrayList<>();
    for (int number = 1; number <= 6_000; number++) {
      said.add(
          new NewLogLine(run, "orders", 1, number, Instant.now(), LogLevel.INFO, "row " + number));
    }
    web.store.logs().keep(said.subList(0, 300));
    page.navigate("/runs/" + run + "?stage=orders");
    says(window.at("#log-more"), "100 earlier lines are in the whole log.");

    web.store.logs().keep(said.subList(300, 6_000));

    says(window.at("#log .line").last(), "row 6000");
    says(window.at("#log-more"), "1000 earlier lines are in the whole log.");
    says(window.at("#log .line").first(), "row 1001");
    assertEquals(5_000, window.at("#log .line").count());
  }

  @Test
  void shouldComeBackEverLessOftenWhereAStreamIsClosedAtOnce() {
    long run = web.scene.running(name).run.id();
    List<Long> ofPage = new ArrayList<>();
    List<Long> ofLog = new ArrayList<>();
    page.route("**/events?*", route -> closeAtOnce(route, ofPage));
    page.route("**/stages/orders/logs?*", route -> closeAtOnce(route, ofLog));
    AtomicInteger reads = new AtomicInteger();
    page.route(
        "**/runs/" + run + "?stage=orders",
        route -> {
          reads.incrementAndGet();
          route.resume();
        });

    page.navigate("/runs/" + run + "?stage=orders");

    page.waitForCondition(() -> ofPage.size() == 4 && ofLog.size() == 4);
    for (List<Long> asked : List.of(ofPage, ofLog)) {
      long millis = (asked.get(3) - asked.get(0)) / 1_000_000;
      assertTrue(millis > 3_200, "3.5 to 7 s up to the fourth, and not " + millis + " ms");
    }
    assertEquals(1, reads.get(), "that a stream breaks off is no cause to ask for the page anew");
    says(window.at("#log [data-log-state]"), "interrupted");
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

  @Test
  void shouldAskForThePageInPlaceOfAStreamThatIsRefused() {
    Scene.Play play = web.scene.running(name);
    List<String> asked = new ArrayList<>();
    page.route("**/events?*", route -> refuse(route, "stream", asked));
    page.route(
        "**/runs/" + play.run.id(),
        route -> {
          if (route.request().isNavigationRequest()) {
            route.resume();
          } else {
            refuse(route, "page", asked);
          }
        });
    page.navigate("/runs/" + play.run.id());

    page.waitForCondition(() -> asked.size() >= 3);
    assertEquals(List.of("stream", "page", "page"), asked.subList(0, 3));
    page.unrouteAll();
    play.begin("orders", StageState.WAITING);
    play.flush(RunState.RUNNING);

    PlaywrightAssertions.assertThat(window.at("#stage-orders .state")).hasText("waiting");
    hides(window.at("#lost"));
  }

  private static void refuse(Route route, String what, List<String> asked) {
    asked.add(what);
    route.fulfill(new Route.FulfillOptions().setStatus(503));
  }
}
