package dev.airlock.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.scoring.drift.FeatureDrift;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Monitors.RuleState;
import dev.airlock.store.RuleVerdict;
import dev.airlock.workflows.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RulesTest {
  private static final int LIVE = 3;
  private static final int MONITOR = 7;

  /** Worse than 0.05 for two months; over at 0.08; no second retrain within 30 days. */
  private static final RuleSpec SKILL =
      new RuleSpec(
          new Condition.OfMetric(Metric.BRIER_SKILL, Comparison.AT_MOST, 0.05),
          2,
          0.08,
          Consequence.RETRAIN,
          Setting.of("PT720H"));

  private static final RuleSpec TICKET = rule(Signal.PSI.atLeast(0.2), Consequence.OPEN_TICKET);
  private static final RuleSpec OLD =
      new RuleSpec(
          Signal.AGE_DAYS.atLeast(180), 1, null, Consequence.RETRAIN, Setting.of("PT720H"));

  /** A monitor over time: windows are added, checks are made, what rules remember is kept. */
  private static final class Watch {
    private final List<RuleSpec> rules;
    private final List<MonitorWindow> windows = new ArrayList<>();
    private final Set<String> open = new TreeSet<>();
    private List<RuleState> states = List.of();
    private long ageDays = 10;
    private Duration horizon = Duration.ofDays(90);
    private @Nullable Instant lastRetrain;
    private boolean isRetraining;

    Watch(RuleSpec... rules) {
      this.rules = List.of(rules);
    }

    Watch skill(String month, double skill) {
      return window("performance", month, true, Map.of("brier_skill", skill), Map.of());
    }

    Watch noSkill(String month, double skill) {
      return window("performance", month, false, Map.of("brier_skill", skill), Map.of());
    }

    Watch psi(String month, double psi, double noise) {
      FeatureDrift drift = new FeatureDrift(psi, 10, 1e-4, 0.1, 0.1, 900, noise);
      FeatureDrift still = new FeatureDrift(0.001, 10, 1e-4, 0.01, 0.01, 900, noise);
      return window(
          "drift",
          month,
          true,
          Map.of("psi", psi, "predictions", 900.0, "score_shift", psi),
          new DriftReader.Detail(Map.of("recency", drift, "spend", still), drift));
    }

    Watch errors(String month, long requests, long errors) {
      return window(
          "service",
          month,
          true,
          Map.of("error_rate", errors / (double) requests),
          new ServiceReader.Detail(requests, errors));
    }

    Watch window(
        String aspect,
        String month,
        boolean sufficient,
        Map<String, Double> figures,
        Object detail) {
      LocalDate first = LocalDate.parse(month + "-01");
      windows.removeIf(w -> w.aspect().equals(aspect) && w.opens().equals(midnight(first)));
      windows.add(
          new MonitorWindow(
              MONITOR,
              LIVE,
              midnight(first),
              midnight(first.plusMonths(1)),
              aspect,
              sufficient,
              900,
              figures,
              Json.write(detail),
              1,
              Instant.EPOCH));
      return this;
    }

    List<RuleVerdict> check(String day) {
      List<RuleVerdict> verdicts =
          Rules.judge(
              new RuleFacts(
                  MONITOR,
                  rules,
                  Map.of(),
                  LIVE,
                  midnight(LocalDate.parse(day)),
                  horizon,
                  ageDays,
                  windows,
                  states,
                  open,
                  isRetraining,
                  lastRetrain));
      states = verdicts.stream().map(RuleVerdict::after).toList();
      verdicts.forEach(this::keep);
      return verdicts;
    }

    private void keep(RuleVerdict verdict) {
      if (verdict.recovery() != null) {
        open.remove(verdict.cause());
      }
      RuleVerdict.Firing firing = verdict.firing();
      if (firing != null) {
        open.add(verdict.cause());
        if (firing.consequence() == Consequence.RETRAIN) {
          lastRetrain = verdict.after().firedAsOf();
          isRetraining = true;
        }
      }
    }

    boolean fires(String day) {
      return check(day).get(0).firing() != null;
    }

    boolean recovers(String day) {
      return check(day).get(0).recovery() != null;
    }
  }

  @Test
  void shouldFireOnceABreachHasLasted() {
    Watch watch = new Watch(SKILL).skill("1998-01", 0.04);
    assertTrue(!watch.fires("1998-06-01"));
    assertEquals(1, watch.states.get(0).streak());
    watch.skill("1998-02", 0.031);
    RuleVerdict verdict = watch.check("1998-07-01").get(0);
    RuleVerdict.Firing firing = verdict.firing();
    assertNotNull(firing);
    assertEquals(
        "Brier skill 0.031 in February 1998, above 0.05 expected; 2 windows in a row.",
        firing.title());
    assertEquals(Consequence.RETRAIN, firing.consequence());
    assertEquals(Map.of("brier_skill", 0.031), firing.figures());
    assertEquals("monitor/7/rule/0", verdict.cause());
    assertEquals(
        new RuleState(0, LIVE, 2, midnight("1998-02-01"), midnight("1998-07-01")), verdict.after());
  }

  @Test
  void shouldCountWindowsThatBecomeKnownInOneCheck() {
    assertTrue(new Watch(SKILL).skill("1998-02", 0.03).skill("1998-01", 0.04).fires("1998-07-01"));
  }

  @Test
  void shouldBeginAnewAfterAGoodWindow() {
    Watch watch =
        new Watch(SKILL).skill("1998-01", 0.04).skill("1998-02", 0.2).skill("1998-03", 0.04);
    assertTrue(!watch.fires("1998-08-01"));
    assertEquals(1, watch.states.get(0).streak());
  }

  @Test
  void shouldBeginAnewAfterAWindowBetweenTheBounds() {
    Watch watch =
        new Watch(SKILL).skill("1998-01", 0.04).skill("1998-02", 0.06).skill("1998-03", 0.04);
    assertTrue(!watch.fires("1998-08-01"));
  }

  @Test
  void shouldChangeNothingAtTheSameMoment() {
    Watch watch = new Watch(SKILL, TICKET, OLD).skill("1998-01", 0.04).psi("1998-01", 0.4, 0.05);
    watch.ageDays = 200;
    watch.skill("1998-02", 0.03);
    long fired = watch.check("1998-07-01").stream().filter(v -> v.firing() != null).count();
    assertEquals(3, fired);
    List<RuleState> states = watch.states;
    List<RuleVerdict> again = watch.check("1998-07-01");
    assertEquals(states, watch.states);
    again.forEach(
        verdict -> {
          assertNull(verdict.firing());
          assertNull(verdict.recovery());
        });
  }

  @Test
  void shouldNotFireAgainWhileItsAlertIsOpen() {
    Watch watch = new Watch(SKILL).skill("1998-01", 0.04).skill("1998-02", 0.03);
    assertTrue(watch.fires("1998-07-01"));
    watch.skill("1998-03", 0.02).skill("1998-04", 0.01);
    assertTrue(!watch.fires("1998-09-01"));
    assertEquals(4, watch.states.get(0).streak());
  }

  @Test
  void shouldAskAgainAfterARetrainThatCameToNothing() {
    Watch watch = new Watch(SKILL).skill("1998-01", 0.04).skill("1998-02", 0.03);
    assertTrue(watch.fires("1998-07-01"));
    assertTrue(!watch.fires("1998-08-01"), "its run is under way");
    watch.isRetraining = false;
    assertTrue(!watch.fires("1998-07-30"), "its cooldown runs");
    assertTrue(watch.fires("1998-07-31"), "the newest window still breaches");
    assertEquals(midnight("1998-07-31"), watch.states.get(0).firedAsOf());
    watch.isRetraining = false;
    assertTrue(!watch.skill("1998-03", 0.06).fires("1998-09-01"), "no breach any more");
    assertTrue(!watch.skill("1998-04", 0.04).fires("1998-10-01"), "once is not twice in a row");
    assertTrue(watch.skill("1998-05", 0.04).fires("1998-10-02"));
  }

  @Test
  void shouldOpenNoSecondTicketForTheSameCause() {
    Watch watch = new Watch(TICKET).psi("1998-01", 0.4, 0.05);
    assertTrue(watch.fires("1998-02-01"));
    assertTrue(!watch.psi("1998-02", 0.5, 0.05).fires("1998-09-01"));
  }

  @Test
  void shouldNotRetrainAfterItsCooldownForWhatIsOver() {
    Watch watch = new Watch(SKILL).skill("1998-01", 0.04).skill("1998-02", 0.04);
    watch.lastRetrain = midnight("1998-06-15");
    assertTrue(!watch.fires("1998-07-01"));
    assertTrue(!watch.skill("1998-03", 0.06).fires("1998-08-01"), "neither breach nor recovery");
  }

  @Test
  void shouldCloseBeyondTheRecoveryBoundAlone() {
    Watch watch = new Watch(SKILL).skill("1998-01", 0.04).skill("1998-02", 0.03);
    assertTrue(watch.fires("1998-07-01"));
    assertTrue(!watch.skill("1998-03", 0.079).recovers("1998-08-01"));
    watch.skill("1998-04", 0.08);
    assertEquals(
        "Brier skill 0.080 in April 1998, recovered at 0.08.",
        watch.check("1998-09-01").get(0).recovery());
    assertTrue(watch.open.isEmpty());
  }

  @Test
  void shouldRecoverBeyondItsOwnBoundWithoutAnother() {
    Watch watch = new Watch(TICKET).psi("1998-01", 0.4, 0.05);
    assertTrue(watch.fires("1998-02-01"));
    assertTrue(watch.psi("1998-02", 0.19, 0.05).recovers("1998-03-01"));
  }

  @Test
  void shouldNotSayThatNothingRecovered() {
    assertTrue(!new Watch(TICKET).psi("1998-01", 0.01, 0.05).recovers("1998-02-01"));
  }

  @Test
  void shouldNeitherBreachNorRecoverOnInsufficientData() {
    Watch watch = new Watch(SKILL).noSkill("1998-01", 0.01).noSkill("1998-02", 0.01);
    assertTrue(!watch.fires("1998-07-01"));
    assertEquals(new RuleState(0, LIVE, 0, null, null), watch.states.get(0));
    watch.skill("1998-01", 0.01).skill("1998-02", 0.01);
    assertTrue(watch.fires("1998-07-02"), "they count once they are known");
    assertTrue(!watch.noSkill("1998-03", 0.9).recovers("1998-08-01"));
  }

  @Test
  void shouldNotBreakAStreakOnInsufficientData() {
    assertTrue(
        new Watch(SKILL)
            .skill("1998-01", 0.04)
            .noSkill("1998-02", 0.9)
            .skill("1998-03", 0.04)
            .fires("1998-08-01"));
  }

  @Test
  void shouldLeaveWhatLiesAfterTheCheckAlone() {
    Watch watch = new Watch(SKILL).skill("1998-01", 0.04).skill("1998-02", 0.04);
    // February closes on 1 March; its last prediction has matured 90 days later, on 30 May.
    assertTrue(!watch.fires("1998-05-29"));
    assertTrue(watch.fires("1998-05-30"));
  }

  @Test
  void shouldWaitForItsCooldownAndThenRetrain() {
    Watch watch = new Watch(SKILL).skill("1998-01", 0.04).skill("1998-02", 0.04);
    watch.lastRetrain = midnight("1998-06-15");
    assertTrue(!watch.fires("1998-07-01"));
    assertNull(watch.states.get(0).firedAsOf());
    assertTrue(!watch.fires("1998-07-14"));
    assertTrue(watch.fires("1998-07-15"), "the breach still stands");
    assertTrue(!watch.fires("1998-08-20"), "its alert is open");
  }

  @Test
  void shouldShareTheCooldownAmongRulesThatRetrain() {
    Watch watch = new Watch(OLD, SKILL);
    watch.ageDays = 181;
    assertTrue(watch.fires("1998-06-30"));
    watch.skill("1998-02", 0.04).skill("1998-03", 0.04);
    assertNull(watch.check("1998-07-10").get(1).firing());
    assertNotNull(watch.check("1998-07-30").get(1).firing());
  }

  @Test
  void shouldNotMindThePastOfTheLogicalClock() {
    Watch watch = new Watch(OLD);
    watch.ageDays = 181;
    assertTrue(watch.fires("1998-06-30"));
    watch.open.clear();
    assertTrue(!watch.fires("1998-05-30"), "a check of an earlier moment");
  }

  @Test
  void shouldLookAtTheAgeOnceACheck() {
    Watch watch = new Watch(OLD);
    watch.ageDays = 179;
    assertTrue(!watch.fires("1998-06-28"));
    watch.ageDays = 181;
    RuleVerdict.Firing firing = watch.check("1998-06-30").get(0).firing();
    assertNotNull(firing);
    assertEquals("Age 181 days on 1998-06-30, below 180 expected.", firing.title());
    watch.ageDays = 2;
    assertTrue(watch.recovers("1998-07-01"));
  }

  @Test
  void shouldTakeNoPsiForABreachThatChanceMayShow() {
    Watch watch = new Watch(TICKET).psi("1998-01", 0.4, 0.45);
    assertTrue(!watch.fires("1998-02-01"));
    RuleVerdict.Firing firing = watch.psi("1998-02", 0.4, 0.39).check("1998-03-01").get(0).firing();
    assertNotNull(firing);
    assertEquals("PSI of recency 0.400 in February 1998, below 0.2 expected.", firing.title());
    assertTrue(
        !watch.psi("1998-03", 0.4, 0.45).recovers("1998-04-01"), "chance is no recovery either");
  }

  @Test
  void shouldTakeNoErrorRateForABreachThatChanceMayShow() {
    RuleSpec back = rule(Signal.ERROR_RATE.atLeast(0.05), Consequence.ROLL_BACK);
    assertTrue(!new Watch(back).errors("1998-01", 30, 2).fires("1998-02-01"));
    assertTrue(!new Watch(back).errors("1998-01", 1000, 49).fires("1998-02-01"));
    RuleVerdict.Firing firing =
        new Watch(back).errors("1998-01", 1000, 80).check("1998-02-01").get(0).firing();
    assertNotNull(firing);
    assertEquals("Error rate 8 % in January 1998, below 5 % expected.", firing.title());
  }

  @Test
  void shouldSeeSilenceThoughItIsInsufficient() {
    RuleSpec silence = rule(Signal.PREDICTIONS.atMost(100), Consequence.OPEN_TICKET);
    Watch watch =
        new Watch(silence).window("drift", "1998-01", false, Map.of("predictions", 12.0), Map.of());
    RuleVerdict.Firing firing = watch.check("1998-02-01").get(0).firing();
    assertNotNull(firing);
    assertEquals("12 predictions in January 1998, above 100 expected.", firing.title());
  }

  @Test
  void shouldCountThePredictionsOfAllVersionsTogether() {
    RuleSpec silence = rule(Signal.PREDICTIONS.atMost(100), Consequence.OPEN_TICKET);
    Watch watch =
        new Watch(silence).window("drift", "1998-01", false, Map.of("predictions", 12.0), Map.of());
    MonitorWindow own = watch.windows.get(0);
    watch.windows.add(
        new MonitorWindow(
            MONITOR,
            LIVE - 1,
            own.opens(),
            own.closes(),
            "drift",
            true,
            89,
            Map.of("predictions", 89.0),
            "{}",
            1,
            Instant.EPOCH));
    assertTrue(!watch.fires("1998-02-01"), "101 in January, 12 of them by the new version");
    watch.window("drift", "1998-02", false, Map.of("predictions", 100.0), Map.of());
    assertTrue(watch.fires("1998-03-01"));
  }

  @Test
  void shouldForgetWhatHasComeAndGoneWithinOneCheck() {
    Watch watch = new Watch(TICKET).psi("1998-01", 0.4, 0.05).psi("1998-02", 0.01, 0.05);
    assertTrue(!watch.fires("1998-03-01"));
    assertTrue(watch.open.isEmpty());
  }

  @Test
  void shouldStartEachVersionWithAClearSlate() {
    Watch watch = new Watch(SKILL).skill("1998-01", 0.04);
    watch.states = List.of(new RuleState(0, LIVE - 1, 1, midnight("1998-03-01"), null));
    assertTrue(!watch.fires("1998-06-01"));
    assertEquals(new RuleState(0, LIVE, 1, midnight("1998-01-01"), null), watch.states.get(0));
  }

  private static RuleSpec rule(Condition condition, Consequence consequence) {
    return new RuleSpec(condition, 1, null, consequence, null);
  }

  private static Instant midnight(String day) {
    return midnight(LocalDate.parse(day));
  }

  private static Instant midnight(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
