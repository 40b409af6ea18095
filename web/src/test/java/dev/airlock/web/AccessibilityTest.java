package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.CheckedNode;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.dsl.graph.Work;
import dev.airlock.local.PostgresServer;
import dev.airlock.store.Alerts;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import io.javalin.http.HandlerType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every page, by the table of routes, as axe-core sees it: in both themes, at a desk and on a
 * phone. A new page with a part in braces must be named in {@link #examples}.
 */
final class AccessibilityTest {
  private static final List<String> STANDARD =
      List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice");
  private static final Set<String> GRAVE = Set.of("serious", "critical");
  private static final List<String> CONTRAST = List.of("color-contrast");

  /** {@code -Dairlock.look=FOLDER} keeps pictures of all of them there. */
  private static final @Nullable String LOOK = System.getProperty("airlock.look");

  private static PostgresServer postgres;
  private static WebFixture web;
  private static Window window;
  private static Map<String, List<String>> examples;

  @BeforeAll
  static void start() {
    // Of its own, so that what it sees does not hang on what other tests have left.
    postgres = PostgresServer.temporary();
    web = WebFixture.over(postgres);
    String name = WebFixture.freshName("seen");
    web.scene.publish(name);
    Scene.Play live = web.scene.playToLive(web.scene.request(name));
    long rollout = web.scene.beginCanary(name).rolloutId();
    Scene.Play open = web.scene.playToApproval(web.scene.request(name));
    long failed = web.scene.request(name);
    web.scene
        .play(failed)
        .fail(
            "orders",
            new StageError(StageFailure.BAD_DATA, "row 17: 'x' is no date", List.of("row 17")));
    String code = web.artifacts.put("other code".getBytes(StandardCharsets.UTF_8));
    web.store.pipelines().publish(Scene.changed(Scene.graph(name)), code, Scene.by("engineer"));
    web.client("engineer")
        .post(
            "/api/v1/pipelines/" + name + "/backfills",
            "{\"from\":\"1997-01-06\",\"to\":\"1997-01-20\"}");
    examples = examples(name, live, open, failed, rollout, watch(name, live));
    window = new Window("http://127.0.0.1:" + web.server.port());
  }

  @AfterAll
  static void stop() {
    window.close();
    web.close();
    postgres.close();
  }

  /** A monitor that has found something: its alert's id. */
  private static long watch(String name, Scene.Play live) {
    Work.Monitor spec =
        new Work.Monitor(
            Setting.of("PT6H"),
            Period.ofMonths(1),
            500,
            List.of(new RuleSpec(Signal.PSI.atLeast(0.2), 1, null, Consequence.OPEN_TICKET, null)));
    long monitor =
        web.store
            .monitors()
            .install(live.task("go-live", Map.of()), name, spec, Duration.ofHours(6));
    Instant asOf = Instant.parse("1998-06-30T00:00:00Z");
    web.store.monitors().requestCheck(monitor, asOf, Scene.by("engineer"));
    return web.store
        .alerts()
        .open(
            new Alerts.NewAlert(
                name,
                monitor,
                null,
                "monitor/%d/rule/0".formatted(monitor),
                "open-ticket",
                "PSI of log_recency is 2.614",
                Map.of("psi", 2.614),
                asOf))
        .id();
  }

  private static Map<String, List<String>> examples(
      String name, Scene.Play live, Scene.Play open, long failed, long rollout, long alert) {
    long run = live.run.id();
    Map<String, List<String>> of = new LinkedHashMap<>();
    of.put("/runs/{id}", List.of("/runs/" + run, "/runs/" + open.run.id(), "/runs/" + failed));
    of.put("/runs/{id}/lineage", List.of("/runs/%d/lineage".formatted(run)));
    of.put("/runs/{id}/resume", List.of("/runs/%d/resume".formatted(failed)));
    of.put("/pipelines/{name}", List.of("/pipelines/" + name));
    of.put("/pipelines/{name}/versions", List.of("/pipelines/%s/versions".formatted(name)));
    of.put(
        "/approvals/{id}",
        List.of("/approvals/" + open.approvalId, "/approvals/" + live.approvalId));
    of.put("/models/{name}", List.of("/models/" + name));
    of.put("/models/{name}/versions/{version}", List.of("/models/%s/versions/1".formatted(name)));
    of.put(
        "/models/{name}/versions/{version}/lineage",
        List.of("/models/%s/versions/1/lineage".formatted(name)));
    of.put("/models/{name}/rollouts", List.of("/models/%s/rollouts".formatted(name)));
    of.put("/models/{name}/monitoring", List.of("/models/%s/monitoring".formatted(name)));
    of.put("/alerts/{id}", List.of("/alerts/" + alert));
    of.put("/rollouts/{id}", List.of("/rollouts/" + rollout));
    of.put("/datasets/{name}", List.of("/datasets/%s.orders".formatted(name)));
    of.put(
        "/datasets/{name}/versions/{snapshot}",
        List.of("/datasets/%s.orders/versions/11".formatted(name)));
    of.put("/experiments", List.of("/experiments?pipeline=" + name, "/experiments?pipeline=none"));
    of.put(
        "/experiments/compare",
        List.of("/experiments/compare?run=%d&run=%d".formatted(run, open.run.id())));
    of.put("/runs", List.of("/runs", "/runs?pipeline=none"));
    of.put("/backfills/{id}", List.of("/backfills/" + newestBackfill()));
    of.put("/pipelines/{name}/policies", List.of("/pipelines/%s/policies".formatted(name)));
    of.put("/settings/people/{name}", List.of("/settings/people/bob"));
    of.put("/search", List.of("/search", "/search?q=" + name, "/search?q=nothing-at-all"));
    return of;
  }

  private static long newestBackfill() {
    return web.client("engineer")
        .get("/api/v1/backfills")
        .json()
        .get("items")
        .get(0)
        .get("id")
        .asLong();
  }

  /** Pages that can't be shown without what only a worker or a watcher makes, and ways to pages. */
  private static final Set<String> ELSEWHERE =
      Set.of("/runs/{id}/stages/{stage}/items", "/approvals/{id}/by-link/{token}");

  private static List<String> pages() {
    List<String> pages = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (RouteTable.Route route : web.server.routes()) {
      String path = route.path();
      boolean isPage =
          route.method().equals(HandlerType.GET)
              && !path.startsWith("/api/")
              && !path.startsWith("/v2/")
              && !path.startsWith("/assets")
              && !path.startsWith("/sign-in/oidc")
              && !path.endsWith(".yaml")
              && !path.endsWith(".md")
              && !path.endsWith(".json")
              && !path.endsWith("/events")
              && !ELSEWHERE.contains(path);
      if (isPage && examples.containsKey(path)) {
        pages.addAll(examples.get(path));
      } else if (isPage && path.contains("{")) {
        unknown.add(path);
      } else if (isPage) {
        pages.add(path);
      }
    }
    assertEquals(
        List.of(),
        unknown,
        "Name an example of each of these in examples(), so that it is looked at.");
    return pages;
  }

  @Test
  void shouldHaveNothingSeriousOnAnyPage() {
    List<String> faults = new ArrayList<>();
    look("/sign-in", faults);
    window.signIn("engineer");
    for (String path : pages()) {
      look(path, faults);
    }
    faults.addAll(window.faults);
    assertEquals("", String.join("\n", faults));
  }

  private static void look(String path, List<String> faults) {
    Page page = window.page;
    window.theme(ColorScheme.LIGHT);
    window.width(Window.DESKTOP);
    int status = page.navigate(path).status();
    if (status != 200) {
      faults.add("%s answers %d.".formatted(path, status));
      return;
    }
    if (!String.valueOf(page.getAttribute("html", "lang")).equals("en")) {
      return;
    }
    settle(page);
    narrowEnough(path, Window.DESKTOP, faults);
    picture(path, "desk-light");
    check(path, "at a desk", null, faults);
    window.theme(ColorScheme.DARK);
    picture(path, "desk-dark");
    check(path, "at a desk, dark", CONTRAST, faults);
    window.width(Window.PHONE);
    picture(path, "phone-dark");
    check(path, "on a phone, dark", CONTRAST, faults);
    window.theme(ColorScheme.LIGHT);
    check(path, "on a phone", null, faults);
    narrowEnough(path, Window.PHONE, faults);
  }

  private static void narrowEnough(String path, int width, List<String> faults) {
    int wide = (int) window.page.evaluate("document.documentElement.scrollWidth");
    if (wide > width) {
      faults.add(
          "%s is %d px wide in a window of %d px: %s"
              .formatted(path, wide, width, widest(window.page)));
    }
  }

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

  private static void check(
      String path, String where, @Nullable List<String> rules, List<String> faults) {
    AxeBuilder axe = new AxeBuilder(window.page).setLegacyMode(true);
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

  private static void picture(String path, String how) {
    if (LOOK != null) {
      String name = path.replaceAll("[^a-z0-9]+", "_") + "." + how + ".png";
      window.page.screenshot(
          new Page.ScreenshotOptions().setPath(Path.of(LOOK, name)).setFullPage(true));
    }
  }
}
