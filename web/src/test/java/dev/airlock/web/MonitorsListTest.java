package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.dsl.graph.Work;
import dev.airlock.local.PostgresServer;
import dev.airlock.store.Monitors.RuleState;
import dev.airlock.store.RuleVerdict;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The list of all monitors begins with what is worst over all, whatever the models' names. */
final class MonitorsListTest {
  private static final Instant JUNE = Instant.parse("1998-06-30T00:00:00Z");
  private static final Pattern ROW =
      Pattern.compile("<tr id=\"monitor-\\d+\"><td><a [^>]*><b>([^<]+)</b>");
  private static final Pattern MORE = Pattern.compile("href=\"(/monitoring\\?cursor=[^\"]+)\"");
  private static final int HEALTHY = 26;

  private static WebFixture web;

  @BeforeAll
  static void watchMany() {
    web = WebFixture.over(PostgresServer.temporary());
    for (int i = 0; i < HEALTHY; i++) {
      drift(watch(live("healthy-%02d".formatted(i))), 0.004, true);
    }
    drift(watch(live("unknown")), 0.004, false);
    Watched crossed = watch(live("watching"));
    drift(crossed, 0.3, true);
    crossed.conclude(
        crossed.check(), "watching", crossed.verdict(new RuleState(0, 1, 1, JUNE, null), null));
    Watched drifting = watch(live("yielding"));
    drift(drifting, 2.614, true);
    drifting.conclude(
        drifting.check(),
        "yielding",
        drifting.verdict(
            new RuleState(0, 1, 3, JUNE, JUNE),
            new RuleVerdict.Firing(Consequence.OPEN_TICKET, "PSI is 2.614", Map.of("psi", 2.614))));
    Watched.play(web, live("zero"));
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static String live(String model) {
    web.scene.publish(model);
    web.scene.playToLive(web.scene.request(model));
    return model;
  }

  private static Watched watch(String model) {
    Work.Monitor spec =
        new Work.Monitor(
            Setting.of("PT6H"),
            Period.ofMonths(1),
            500,
            List.of(new RuleSpec(Signal.PSI.atLeast(0.2), 3, null, Consequence.OPEN_TICKET, null)));
    return new Watched(
        web,
        web.store
            .monitors()
            .install(
                web.scene.play(web.scene.request(model)).task("go-live", Map.of()),
                model,
                spec,
                Duration.ofHours(6)));
  }

  /** In the month before. */
  private static void drift(Watched watched, double psi, boolean isSufficient) {
    watched.drift(watched.check(), JUNE.minus(Duration.ofDays(29)), JUNE, isSufficient, psi, psi);
  }

  private static List<String> models(String page) {
    List<String> models = new ArrayList<>();
    Matcher row = ROW.matcher(page);
    while (row.find()) {
      models.add(row.group(1));
    }
    return models;
  }

  @Test
  void shouldBeginWithWhatIsWorstOverAllAndTurnThePagesWithoutLoss() {
    Http browser = web.signedIn("viewer");
    String page = browser.get("/monitoring").body();
    List<String> all = new ArrayList<>(models(page));
    assertEquals(25, all.size());
    assertEquals(List.of("zero", "yielding", "watching", "unknown"), all.subList(0, 4));
    for (String word : List.of("degraded, confirmed", "drifting", "watching", "insufficient")) {
      int at = page.indexOf(word);
      assertTrue(at > 0, word);
      page = page.substring(at);
    }
    String first = browser.get("/monitoring").body();
    assertTrue(
        first.contains("Something is out of bounds, or an alert is open: 3 of 30 monitors."));

    Matcher more = MORE.matcher(first);
    assertTrue(more.find(), first);
    String second = browser.get(more.group(1)).body();
    all.addAll(models(second));
    assertEquals(HEALTHY + 4, new HashSet<>(all).size(), "each once");
    assertEquals(HEALTHY + 4, all.size());
    assertEquals("healthy-25", all.get(all.size() - 1));
    assertTrue(second.contains("3 of 30 monitors"), "said of all, on each part");
  }

  @Test
  void shouldRefuseACursorOfAnotherList() {
    Http browser = web.signedIn("viewer");
    assertEquals(400, browser.get("/monitoring?cursor=MTI").status());
    assertEquals(400, browser.get("/monitoring?cursor=%00").status());
  }
}
