package dev.airlock.monitoring;

import static dev.airlock.monitoring.WatchedModel.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.store.Alert;
import dev.airlock.store.Feedback;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Monitors.RuleState;
import dev.airlock.store.OvertakenException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whole looks at a live model, on a real PostgreSQL. */
final class MonitorChecksTest {
  private static final RuleSpec TICKET = rule(Signal.PSI.atLeast(0.2), Consequence.OPEN_TICKET);

  private static RuleSpec rule(Condition condition, Consequence consequence) {
    return new RuleSpec(condition, 1, null, consequence, null);
  }

  @Test
  void shouldOpenATicketForDriftAndCloseItOnceTheDriftIsOver() {
    WatchedModel model = new WatchedModel("drifting", TICKET);
    int live = model.goesLive();
    model.predicts(live, "1998-01-20", 600, 0.5);
    model.predicts(live, "1998-02-20", 600, 0);
    model.serves(live, "1998-01-20", 40, 0);

    model.check("1998-01-31");
    assertEquals(List.of(), model.windows("drift"), "January has not closed");
    model.check("1998-02-01");

    Alert ticket = model.open().get(0);
    assertTrue(ticket.title().startsWith("PSI of recency "), ticket.title());
    assertTrue(ticket.title().endsWith(" in January 1998, below 0.2 expected."), ticket.title());
    assertEquals(WatchedModel.midnight("1998-02-01"), ticket.openedAsOf());
    assertEquals(40, model.windows("service").get(0).rows());

    model.check("1998-03-01");

    assertEquals(List.of(), model.open());
    assertEquals("closed", model.store.alerts().find(ticket.id()).orElseThrow().state());
  }

  @Test
  void shouldAddUpWhatGatewaysHaveCountedInAWindow() {
    WatchedModel model = new WatchedModel("busy", TICKET);
    int live = model.goesLive();
    model.serves(live, "1998-01-20", 12_000, 600);
    model.serves(live, "1998-02-01", 50, 50);

    model.check("1998-02-01");

    MonitorWindow service = model.windows("service").get(0);
    assertEquals(12_000, service.rows());
    assertEquals(0.05, service.figures().get("error_rate"));
    assertEquals(2.0, Objects.requireNonNull(service.figures().get("p99_millis")), 0.01);
  }

  @Test
  void shouldCallAMatureWindowWithoutLabelsInsufficient() {
    WatchedModel model = new WatchedModel("unlabelled", TICKET);
    List<UUID> ids = model.predicts(model.goesLive(), "1998-01-20", 600, 0);

    model.check("1998-05-01");
    assertEquals(List.of(), model.windows("performance"), "not mature: 90 days after 1 February");
    model.check("1998-05-02");

    MonitorWindow nothing = model.windows("performance").get(0);
    assertFalse(nothing.sufficient());
    assertEquals(0, nothing.rows());
    assertTrue(nothing.detail().contains("\"unlabelled\": 600"), nothing.detail());

    model
        .store
        .labels()
        .take(
            IntStream.range(0, 600)
                .mapToObj(
                    i -> new Feedback(ids.get(i), i % 2, null, WatchedModel.midnight("1998-05-02")))
                .toList(),
            by("engineer"));
    model.check("1998-05-03");

    assertTrue(model.windows("performance").get(0).sufficient());
  }

  @Test
  void shouldTakeBackAVersionThatFailsEachRequest() {
    WatchedModel model =
        new WatchedModel("failing", rule(Signal.ERROR_RATE.atLeast(0.05), Consequence.ROLL_BACK));
    int good = model.goesLive();
    model.predicts(good, "1998-01-10", 600, 0);
    model.serves(good, "1998-01-10", 600, 0);
    int bad = model.goesLive();
    model.serves(bad, "1998-01-20", 40, 40);

    model.check("1998-02-01");

    Alert alert = model.open().get(0);
    assertEquals("Error rate 100 % in January 1998, below 5 % expected.", alert.title());
    long command = Objects.requireNonNull(alert.commandId());
    assertEquals(good, model.store.models().command(command).orElseThrow().version());
  }

  @Test
  void shouldGoBackSixHundredWindowsAtMost() {
    WatchedModel model = new WatchedModel("ancient", TICKET);
    int live = model.goesLive();
    model.predicts(live, "0001-01-01", 1, 0);
    model.predicts(live, "1998-01-20", 600, 0.5);

    model.check("1998-02-01");

    List<MonitorWindow> windows = model.windows("drift");
    assertEquals(600, windows.size());
    assertEquals(WatchedModel.midnight("1998-01-01"), windows.get(599).opens());
    assertEquals(1, model.open().size(), "the newest one counts");
  }

  @Test
  void shouldHoldTheVolumeOfTheModelNotOfAVersionAgainstItsBound() {
    WatchedModel model =
        new WatchedModel("quiet", rule(Signal.PREDICTIONS.atMost(500), Consequence.OPEN_TICKET));
    model.predicts(model.goesLive(), "1998-01-10", 600, 0);
    int second = model.goesLive();

    model.check("1998-02-01");
    assertEquals(List.of(), model.open(), "nobody has asked the second version for January");
    model.predicts(second, "1998-01-30", 40, 0);
    model.check("1998-02-02");
    assertEquals(List.of(), model.open(), "it has a part of January");
    model.predicts(second, "1998-02-10", 400, 0);
    model.check("1998-03-01");

    assertEquals(
        "400 predictions in February 1998, above 500 expected.", model.open().get(0).title());
  }

  @Test
  void shouldSeeThatALiveVersionIsNotAskedAtAll() {
    WatchedModel model =
        new WatchedModel("silent", rule(Signal.PREDICTIONS.atMost(500), Consequence.OPEN_TICKET));
    model.goesLive();

    model.check("1998-02-01");

    assertEquals("0 predictions in January 1998, above 500 expected.", model.open().get(0).title());
  }

  @Test
  void shouldNotActTwiceOnTheSameFacts() throws Exception {
    WatchedModel model = new WatchedModel("twice", TICKET);
    int live = model.goesLive();
    for (int month = 1; month <= 6; month++) {
      model.predicts(live, "1998-0%d-20".formatted(month), 600, 0.5);
    }
    long early = model.measured("1998-02-01");
    long late = model.measured("1998-07-01");
    List<CompletableFuture<Integer>> judged = new ArrayList<>();

    try (WatchedModel.Hold hold = model.holdMonitors()) {
      for (long check : List.of(late, early)) {
        judged.add(CompletableFuture.supplyAsync(() -> judgedInTheEnd(model, check)));
        hold.awaitWaiting(judged.size());
      }
    }

    assertEquals(1, judged.get(0).get(30, TimeUnit.SECONDS));
    assertEquals(2, judged.get(1).get(30, TimeUnit.SECONDS), "overtaken, and judged again");
    assertEquals(1, model.store.alerts().list("twice", null, null, 50).size());
    RuleState state = model.store.monitors().ruleStates(model.monitorId()).get(0);
    assertEquals(WatchedModel.midnight("1998-06-01"), state.lastWindow());
    assertEquals(6, state.streak());
  }

  /** As Temporal does it: again and again; says how often. */
  private static int judgedInTheEnd(WatchedModel model, long check) {
    for (int attempt = 1; ; attempt++) {
      try {
        model.checks.judge(check);
        assertEquals("done", model.store.monitors().check(check).orElseThrow().state());
        return attempt;
      } catch (OvertakenException e) {
        assertNotNull(e.getMessage());
      }
    }
  }
}
