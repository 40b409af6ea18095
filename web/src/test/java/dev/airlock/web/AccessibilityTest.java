package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.deque.html.axecore.args.AxeRunOptions;
import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.CheckedNode;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.airlock.local.PostgresServer;
import dev.airlock.store.LogLevel;
import dev.airlock.store.NewLogLine;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import io.javalin.http.HandlerType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Every page, by the table of routes, as axe-core sees it: in both themes, at a desk and on a
 * phone, with what engineers, approvers and admins find on it. A new page with a part in braces
 * must be named in {@link #examples}.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class AccessibilityTest {
  private static final List<String> STANDARD =
      List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice");
  private static final Set<String> GRAVE = Set.of("serious", "critical");
  private static final List<String> CONTRAST = List.of("color-contrast");
  private static final List<String> PEOPLE = List.of("engineer", "approver", "admin");

  /** {@code -Dairlock.screenshots=FOLDER} keeps pictures of all pages there, in both themes. */
  private static final String SCREENSHOTS = "airlock.screenshots";

  private static WebFixture web;
  private static Window window;
  private static Map<String, List<Example>> examples;
  private static Scene.Play open;
  private static final List<String> faults = new ArrayList<>();

  /**
   * A page to look at.
   *
   * @param name of its picture; empty for none
   */
  private record Example(String name, String path, int status) {
    static Example of(String name, String path) {
      return new Example(name, path, 200);
    }

    static Example problem(String name, String path, int status) {
      return new Example(name, path, status);
    }
  }

  @BeforeAll
  static void start() {
    // Of its own, so that what it sees does not hang on what other tests have left.
    web = WebFixture.over(PostgresServer.temporary());
    String name = "repeat-purchase";
    web.scene.publish(name);
    Scene.Play live = web.scene.playToLive(web.scene.request(name));
    Watched.play(web, name);
    long rollout = web.scene.beginCanary(name).rolloutId();
    open = web.scene.playToApproval(web.scene.request(name));
    long failed = web.scene.request(name);
    web.scene
        .play(failed)
        .fail(
            "orders",
            new StageError(StageFailure.BAD_DATA, "row 17: 'x' is no date", List.of("row 17")));
    long mapped = Mapped.start(web, "shop-prices");
    Mapped.play(web, mapped, "prices");
    String code = web.artifacts.put("other code".getBytes(StandardCharsets.UTF_8));
    web.store.pipelines().publish(Scene.changed(Scene.graph(name)), code, Scene.by("engineer"));
    web.client("engineer")
        .post(
            "/api/v1/pipelines/" + name + "/backfills",
            "{\"from\":\"1997-01-06\",\"to\":\"1997-01-20\"}");
    web.client("engineer").method("PUT", "/api/v1/pools/warehouse", "{\"slots\":4}");
    web.store
        .logs()
        .keep(
            List.of(
                line(failed, 1, LogLevel.INFO, "Reading purchases.csv"),
                line(failed, 2, LogLevel.WARN, "Row 16 has no amount; it is left out"),
                line(failed, 3, LogLevel.ERROR, "row 17: 'x' is no date")));
    examples = examples(name, live, failed, rollout, mapped);
    window = new Window("http://127.0.0.1:" + web.server.port());
  }

  private static NewLogLine line(long run, int number, LogLevel level, String text) {
    return new NewLogLine(run, "orders", 1, number, Instant.now(), level, text);
  }

  @AfterAll
  static void stop() {
    window.close();
    web.close();
  }

  private static Map<String, List<Example>> examples(
      String name, Scene.Play live, long failed, long rollout, long mapped) {
    long run = live.run.id();
    String model = "/models/" + name;
    String pipeline = "/pipelines/" + name;
    String table = "/datasets/%s.orders".formatted(name);
    Map<String, List<Example>> of = new LinkedHashMap<>();
    of.put("/", List.of(Example.of("home", "/")));
    of.put(
        "/runs/{id}",
        List.of(
            Example.of("run", "/runs/" + run),
            Example.of("run-waiting", "/runs/" + open.run.id()),
            Example.of("run-failed", "/runs/" + failed),
            Example.of("run-with-items", "/runs/" + mapped),
            Example.problem("problem", "/runs/987654321", 404)));
    of.put(
        "/runs/{id}/lineage",
        List.of(Example.of("run-lineage", "/runs/%d/lineage".formatted(run))));
    of.put("/runs/{id}/resume", List.of(Example.of("resume", "/runs/%d/resume".formatted(failed))));
    of.put(
        "/runs/{id}/stages/{stage}/items",
        List.of(Example.of("items", "/runs/%d/stages/prices/items".formatted(mapped))));
    of.put("/pipelines/{name}", List.of(Example.of("pipeline", pipeline)));
    of.put(
        "/pipelines/{name}/versions",
        List.of(Example.of("pipeline-versions", pipeline + "/versions")));
    of.put("/pipelines/{name}/policies", List.of(Example.of("policies", pipeline + "/policies")));
    of.put(
        "/approvals/{id}",
        List.of(
            Example.of("approval", "/approvals/" + open.approvalId),
            Example.of("approval-decided", "/approvals/" + live.approvalId)));
    of.put("/models/{name}", List.of(Example.of("model", model)));
    of.put(
        "/models/{name}/versions/{version}", List.of(Example.of("version", model + "/versions/1")));
    of.put(
        "/models/{name}/versions/{version}/lineage",
        List.of(Example.of("version-lineage", model + "/versions/1/lineage")));
    of.put("/models/{name}/rollouts", List.of(Example.of("rollouts", model + "/rollouts")));
    of.put(
        "/models/{name}/monitoring",
        List.of(Example.of("model-monitoring", model + "/monitoring")));
    of.put("/rollouts/{id}", List.of(Example.of("rollout", "/rollouts/" + rollout)));
    of.put("/alerts/{id}", List.of(Example.of("alert", "/alerts/" + newest("alerts"))));
    of.put("/datasets/{name}", List.of(Example.of("dataset", table)));
    of.put(
        "/datasets/{name}/versions/{snapshot}",
        List.of(Example.of("dataset-version", table + "/versions/11")));
    of.put(
        "/experiments",
        List.of(
            Example.of("experiments", "/experiments?pipeline=" + name),
            Example.of("", "/experiments?pipeline=none")));
    of.put(
        "/experiments/compare",
        List.of(
            Example.of(
                "experiments-compare",
                "/experiments/compare?run=%d&run=%d".formatted(run, open.run.id()))));
    of.put(
        "/runs",
        List.of(
            Example.of("runs", "/runs"),
            Example.of("", "/runs?pipeline=none"),
            Example.problem("", "/runs?cursor=%21", 400)));
    of.put("/backfills/{id}", List.of(Example.of("backfill", "/backfills/" + newest("backfills"))));
    of.put("/settings/people/{name}", List.of(Example.of("person", "/settings/people/bob")));
    of.put(
        "/search",
        List.of(
            Example.of("search", "/search?q=" + name),
            Example.of("", "/search"),
            Example.of("", "/search?q=nothing-at-all")));
    return of;
  }

  private static long newest(String collection) {
    return web.client("engineer")
        .get("/api/v1/" + collection)
        .json()
        .get("items")
        .get(0)
        .get("id")
        .asLong();
  }

  /** Ways to a page, which show none of their own. */
  private static final Set<String> WAYS = Set.of("/approvals/{id}/by-link/{token}");

  private static List<Example> pages() {
    List<Example> pages = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (RouteTable.Route route : web.server.routes()) {
      String path = route.path();
      boolean isPage =
          route.method().equals(HandlerType.GET)
              && !path.startsWith("/api/")
              && !path.startsWith("/v2/")
              && !path.startsWith("/assets")
              && !path.startsWith("/sign-in")
              && !path.endsWith(".yaml")
              && !path.endsWith(".md")
              && !path.endsWith(".json")
              && !path.endsWith("/events")
              && !WAYS.contains(path);
      if (isPage && examples.containsKey(path)) {
        pages.addAll(examples.get(path));
      } else if (isPage && path.contains("{")) {
        unknown.add(path);
      } else if (isPage) {
        pages.add(Example.of(path.substring(1).replace('/', '-'), path));
      }
    }
    assertEquals(
        List.of(),
        unknown,
        "Name an example of each of these in examples(), so that it is looked at.");
    return pages;
  }

  @Test
  @DisabledIfSystemProperty(named = SCREENSHOTS, matches = ".*")
  void shouldHaveNothingSeriousOnAnyPage() {
    visit(AccessibilityTest::look, AccessibilityTest::look);
  }

  /** For whoever wants to see them: {@code docs/screenshots/make}. */
  @Test
  @EnabledIfSystemProperty(named = SCREENSHOTS, matches = ".*")
  void shouldShowEachPageInBothThemes() {
    visit(AccessibilityTest::picture, AccessibilityTest::picture);
  }

  /** What is done with a page that is open. */
  private interface Look {
    void at(Window theirs, Example example, boolean isFirst);
  }

  /** What is done with a dialog that is open. */
  private interface LookAtDialog {
    void at(Window theirs, String person, String dialog);
  }

  /** Everything, once as each person sees it where that differs. */
  private static void visit(Look look, LookAtDialog lookAtDialog) {
    open(window, Example.of("sign-in", "/sign-in"), look, true);
    List<Example> pages = pages();
    Set<String> seen = new HashSet<>();
    for (String person : PEOPLE) {
      try (Window theirs = window.another()) {
        theirs.signIn(person);
        for (Example page : news(theirs, pages, seen)) {
          open(theirs, page, look, person.equals(PEOPLE.get(0)));
        }
        openDialogs(theirs, person, lookAtDialog);
        faults.addAll(theirs.faults);
      }
    }
    faults.addAll(window.faults);
    assertEquals("", String.join("\n", faults));
  }

  /** Those that are built otherwise than all that was seen of them before. */
  private static List<Example> news(Window theirs, List<Example> pages, Set<String> seen) {
    List<?> built =
        (List<?>) theirs.page.evaluate(BUILT, pages.stream().map(Example::path).toList());
    List<Example> news = new ArrayList<>();
    for (int i = 0; i < pages.size(); i++) {
      if (seen.add(pages.get(i).path() + " " + built.get(i))) {
        news.add(pages.get(i));
      }
    }
    return news;
  }

  /** Which kinds of elements each page has: what people may do differs by their role. */
  private static final String BUILT =
      """
      paths => Promise.all(paths.map(async path => {
        const answer = await fetch(path, {headers: {Accept: 'text/html'}});
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const kinds = [...page.querySelectorAll('main *, dialog *')].map(e =>
          [e.localName, e.className.baseVal ?? e.className, e.getAttribute('name'), e.type].join('.'));
        return [...new Set(kinds)].sort().join(' ');
      }))
      """;

  /**
   * Opens a page.
   *
   * @param isFirst whether nobody has seen it before; others may be refused, and see a page that
   *     says so
   */
  private static void open(Window theirs, Example example, Look look, boolean isFirst) {
    Page page = theirs.page;
    String path = example.path();
    theirs.theme(ColorScheme.LIGHT);
    theirs.width(Window.DESKTOP);
    int status = page.navigate(path).status();
    boolean isRefused = !isFirst && status == 403;
    if (status != example.status() && !isRefused) {
      faults.add("%s answers %d, not %d.".formatted(path, status, example.status()));
    } else if (!String.valueOf(page.getAttribute("html", "lang")).equals("en")) {
      faults.add(path + " is no page: leave it out in pages(), if it is none.");
    } else {
      settle(page);
      look.at(theirs, isRefused ? Example.problem("refused", path, status) : example, isFirst);
    }
  }

  /** All rules in both themes and at both widths; what others see besides, at one of each. */
  private static void look(Window theirs, Example example, boolean isFirst) {
    String path = example.path();
    distinct(theirs, path);
    narrowEnough(theirs, path, Window.DESKTOP);
    check(theirs, path, "at a desk", null);
    theirs.theme(ColorScheme.DARK);
    if (isFirst) {
      check(theirs, path, "at a desk, dark", CONTRAST);
    }
    theirs.width(Window.PHONE);
    check(theirs, path, "on a phone, dark", null);
    theirs.theme(ColorScheme.LIGHT);
    if (isFirst) {
      check(theirs, path, "on a phone", CONTRAST);
    }
    narrowEnough(theirs, path, Window.PHONE);
  }

  private static void picture(Window theirs, Example example, boolean isFirst) {
    if (!example.name().isEmpty()) {
      inBothThemes(theirs, example.name(), theirs::picture);
    }
  }

  /** Search, keys, and the question before what can't be undone. */
  private static void openDialogs(Window theirs, String person, LookAtDialog look) {
    Page page = theirs.page;
    theirs.width(Window.DESKTOP);
    page.navigate(
        switch (person) {
          case "engineer" -> "/runs/" + open.run.id();
          case "approver" -> "/approvals/" + open.approvalId;
          default -> "/settings/people/bob";
        });
    settle(page);
    page.keyboard().press("/");
    page.locator("#search[open] .hits a").first().waitFor();
    look.at(theirs, person, "search");
    close(page, "search");
    page.keyboard().press("?");
    page.locator("#keys[open] [data-found] > *").first().waitFor();
    look.at(theirs, person, "keys");
    close(page, "keys");
    for (Locator field : page.locator("main textarea[required]").all()) {
      field.fill("For a reason");
    }
    page.locator("main [data-confirm]:is(button), main form[data-confirm] button[type=submit]")
        .first()
        .click();
    page.locator("#sure[open]").waitFor();
    look.at(theirs, person, "sure");
  }

  private static void close(Page page, String dialog) {
    page.keyboard().press("Escape");
    page.locator("#%s[open]".formatted(dialog))
        .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.HIDDEN));
    // Until then its field still gets what is typed.
    page.waitForFunction("() => document.activeElement === document.body");
  }

  private static void look(Window theirs, String person, String dialog) {
    String what = "%s with #%s open, as %s".formatted(theirs.page.url(), dialog, person);
    theirs.theme(ColorScheme.LIGHT);
    check(theirs, what, "at a desk", null);
    theirs.theme(ColorScheme.DARK);
    check(theirs, what, "at a desk, dark", null);
  }

  private static void picture(Window theirs, String person, String dialog) {
    if (person.equals("approver")) {
      inBothThemes(theirs, "dialog-" + dialog, theirs::pictureOfWhatIsInView);
    }
  }

  private static void inBothThemes(Window theirs, String name, Consumer<Path> picture) {
    Path folder = Path.of(System.getProperty(SCREENSHOTS));
    theirs.theme(ColorScheme.LIGHT);
    picture.accept(folder.resolve("light").resolve(name + ".webp"));
    theirs.theme(ColorScheme.DARK);
    picture.accept(folder.resolve("dark").resolve(name + ".webp"));
  }

  /** axe no longer asks, but labels, links and what follows the page by id rest on it. */
  private static void distinct(Window theirs, String path) {
    Object twice =
        theirs.page.evaluate(
            "() => [...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) < i).join(' ')");
    if (!twice.equals("")) {
      faults.add("%s has an id more than once: %s".formatted(path, twice));
    }
  }

  private static void narrowEnough(Window theirs, String path, int width) {
    int wide = (int) theirs.page.evaluate("document.documentElement.scrollWidth");
    if (wide > width) {
      faults.add(
          "%s is %d px wide in a window of %d px: %s"
              .formatted(path, wide, width, widest(theirs.page)));
    }
    if (!theirs.page.evaluate(STICKS_OUT).equals("")) {
      faults.add(
          "%s has cards that something sticks out of, in a window of %d px: %s"
              .formatted(path, width, theirs.page.evaluate(STICKS_OUT)));
    }
  }

  private static final String STICKS_OUT =
      """
      () => [...document.querySelectorAll('.card')]
        .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'visible')
        .map(e => e.innerText.slice(0, 40)).join(' | ')
      """;

  /** Waits for what pages fetch after they are shown. */
  private static void settle(Page page) {
    page.waitForFunction(
        "() => ![...document.querySelectorAll('[hx-trigger=load] .later')].some(e => !e.childElementCount)");
  }

  private static Object widest(Page page) {
    return page.evaluate(
        """
        () => [...document.querySelectorAll('body *')]
          .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .wide, .card, svg, .rail, .log'))
          .slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | ')
        """);
  }

  /** What is right need not be told apart, which takes most of the time. */
  private static AxeRunOptions violations() {
    AxeRunOptions options = new AxeRunOptions();
    options.setResultTypes(List.of("violations"));
    return options;
  }

  private static void check(
      Window theirs, String path, String where, @Nullable List<String> rules) {
    AxeBuilder axe = new AxeBuilder(theirs.page).setLegacyMode(true).options(violations());
    axe = rules == null ? axe.withTags(STANDARD) : axe.withRules(rules);
    for (Rule rule : axe.analyze().getViolations()) {
      if (GRAVE.contains(rule.getImpact()) || rule.getId().equals("heading-order")) {
        faults.add(
            "%s (%s): %s, %s: %s"
                .formatted(
                    path,
                    where,
                    rule.getId(),
                    rule.getHelp(),
                    rule.getNodes().stream()
                        .limit(4)
                        .map(CheckedNode::getHtml)
                        .map(html -> html.substring(0, Math.min(160, html.length())))
                        .collect(Collectors.joining(" | "))));
      }
    }
  }
}
