package dev.airlock.web.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Alert;
import dev.airlock.store.Monitor;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Monitors.RuleState;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The one line that says how a model does. */
final class HealthTest {
  private static final int LIVE = 2;
  private static final Instant JUNE = Instant.parse("1998-06-30T00:00:00Z");
  private static final int PSI = 0;
  private static final int SKILL = 1;
  private static final int ERRORS = 2;
  private static final int AGE = 3;

  private static final Monitor MONITOR =
      new Monitor(
          7,
          "repeat-purchase",
          "watch",
          "repeat-purchase",
          1,
          "watch",
          new Work.Monitor(
              Setting.of("PT6H"),
              Period.ofMonths(1),
              500,
              List.of(
                  new RuleSpec(Signal.PSI.atLeast(0.2), 1, null, Consequence.OPEN_TICKET, null),
                  new RuleSpec(
                      new Condition.OfMetric(Metric.BRIER_SKILL, Comparison.AT_MOST, 0.05),
                      2,
                      0.08,
                      Consequence.RETRAIN,
                      Setting.of("PT720H")),
                  new RuleSpec(
                      Signal.ERROR_RATE.atLeast(0.05), 1, null, Consequence.ROLL_BACK, null),
                  new RuleSpec(
                      Signal.AGE_DAYS.atLeast(180),
                      1,
                      null,
                      Consequence.RETRAIN,
                      Setting.of("PT720H")))),
          Duration.ofHours(6),
          new TreeMap<>(),
          JUNE,
          false,
          JUNE);

  private final List<MonitorWindow> windows = new ArrayList<>();
  private final List<RuleState> states = new ArrayList<>();
  private final List<Alert> open = new ArrayList<>();

  private HealthTest drift(String month, double psi, double noise) {
    return window(
        month,
        "drift",
        true,
        900,
        Map.of("psi", psi),
        """
        {"features": {"recency": {"psi": %s, "noise": %s, "rows": 900}}}
        """
            .formatted(psi, noise));
  }

  private HealthTest skill(String month, double skill) {
    return window(month, "performance", true, 900, Map.of("brier_skill", skill), "{}");
  }

  private HealthTest errors(String month, long requests, long errors) {
    return window(
        month,
        "service",
        true,
        requests,
        Map.of("error_rate", errors / (double) requests),
        "{\"requests\": %d, \"errors\": %d}".formatted(requests, errors));
  }

  private HealthTest window(
      String month,
      String aspect,
      boolean sufficient,
      long rows,
      Map<String, Double> figures,
      String detail) {
    LocalDate first = LocalDate.parse(month + "-01");
    windows.add(
        new MonitorWindow(
            MONITOR.id(),
            LIVE,
            first.atStartOfDay(ZoneOffset.UTC).toInstant(),
            first.plusMonths(1).atStartOfDay(ZoneOffset.UTC).toInstant(),
            aspect,
            sufficient,
            rows,
            figures,
            detail,
            1,
            JUNE));
    return this;
  }

  /** The rule has fired on the live version, and its alert is open. */
  private HealthTest fired(int rule) {
    states.add(new RuleState(rule, LIVE, 2, JUNE, JUNE));
    return firedBefore(rule);
  }

  /** Its alert is open since an earlier version was live. */
  private HealthTest firedBefore(int rule) {
    open.add(
        new Alert(
            4,
            MONITOR.model(),
            MONITOR.id(),
            null,
            Health.cause(MONITOR.id(), rule),
            "retrain",
            "What the rule said.",
            Map.of(),
            "open",
            JUNE,
            JUNE,
            null,
            null,
            null,
            null,
            "",
            rule == SKILL ? 12L : null,
            null,
            null));
    return this;
  }

  private Health health() {
    return Health.of(MONITOR, windows, states, open);
  }

  private void assertSays(String word, String head, String text) {
    Health health = health();
    assertEquals(word, health.word(), health.toString());
    assertEquals(head, health.head());
    assertTrue(health.text().startsWith(text), health.text());
  }

  @Test
  void shouldBeHealthyWhereAllOfItWasMeasuredAndNothingIsOpen() {
    drift("1998-02", 0.01, 0.02).skill("1998-01", 0.2).errors("1998-02", 1_000, 1);
    assertSays(
        "healthy",
        "Nothing has moved beyond its bound in February 1998.",
        "Outcomes are known up to January 1998");
  }

  @Test
  void shouldNotBeHealthyWithoutALabel() {
    drift("1998-02", 0.01, 0.02);
    window("1998-01", "performance", false, 0, Map.of(), "{\"unlabelled\": 900}");
    assertSays(
        "insufficient data",
        "0 known outcomes in January 1998: too little to say, which is no pass.",
        "It is measured again");
  }

  @Test
  void shouldNotBeHealthyWithoutAWindow() {
    assertEquals("insufficient data", health().word());
    window("1998-02", "drift", false, 40, Map.of("predictions", 40.0), "{}");
    assertEquals(
        "40 predictions in February 1998: too little to say, which is no pass.", health().head());
  }

  @Test
  void shouldDriftWhereARuleOnDriftHasFired() {
    drift("1998-02", 0.4, 0.02).fired(PSI);
    assertSays(
        "drifting",
        "PSI of recency is 0.400 in February 1998, bound 0.2.",
        "The rule opens a ticket: alert 4 is open.");
  }

  @Test
  void shouldStayDegradedBetweenTheBounds() {
    drift("1998-04", 0.01, 0.02).skill("1998-01", 0.03).skill("1998-02", 0.02).fired(SKILL);
    assertSays(
        "degraded, confirmed",
        "Brier skill is 0.020 in February 1998, bound 0.05, since January 1998.",
        "The rule starts a new run: alert 4 is open, run 12 was started.");
    skill("1998-03", 0.06);
    assertSays(
        "degraded, confirmed",
        "Brier skill is 0.060 in March 1998: not recovered, which takes 0.08.",
        "The rule starts a new run: alert 4 is open");
  }

  @Test
  void shouldOnlyWatchABreachThatHasNotLasted() {
    drift("1998-04", 0.01, 0.02).skill("1998-03", 0.03);
    assertSays(
        "watching",
        "Brier skill is 0.030 in March 1998, bound 0.05.",
        "The rule starts a new run once it shows in 2 windows in a row.");
  }

  @Test
  void shouldTakeNoErrorRateForABreachThatChanceMayShow() {
    drift("1998-02", 0.01, 0.02).errors("1998-02", 30, 2);
    assertEquals("healthy", health().word());
    errors("1998-03", 1_000, 80);
    assertSays("watching", "Error rate is 8.0 % in March 1998, bound 5 %.", "The rule rolls back.");
    assertEquals("degraded, confirmed", fired(ERRORS).health().word());
  }

  @Test
  void shouldTakeNoPsiForABreachWithinItsNoise() {
    assertEquals("healthy", drift("1998-02", 0.4, 0.5).health().word());
  }

  @Test
  void shouldNotBeHealthyWhileAnyAlertOfARuleIsOpen() {
    drift("1998-02", 0.01, 0.02).skill("1998-01", 0.2).fired(AGE);
    assertSays("watching", "What the rule said.", "The rule starts a new run: alert 4 is open.");
  }

  @Test
  void shouldNotBlameAVersionForTheOneBeforeIt() {
    drift("1998-02", 0.01, 0.02).firedBefore(SKILL);
    assertEquals("watching", health().word());
    assertTrue(health().text().endsWith("A version that was live before is meant."));
  }
}
