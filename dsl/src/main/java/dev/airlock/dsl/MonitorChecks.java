package dev.airlock.dsl;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import dev.airlock.dsl.graph.Signal;
import java.time.Duration;
import java.time.Period;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a monitor looks at something, and its rules draw sound conclusions from it. */
final class MonitorChecks {

  private static final Duration RAREST = Duration.ofDays(366);
  private static final Duration LONGEST_COOLDOWN = Duration.ofDays(3_660);

  private static final Set<Signal> DRIFT =
      EnumSet.of(Signal.PSI, Signal.KS, Signal.JENSEN_SHANNON, Signal.SCORE_SHIFT);

  private static final Set<Signal> NO_FAULT_OF_THE_VERSION =
      EnumSet.of(Signal.PREDICTIONS, Signal.AGE_DAYS);

  private static final Set<Metric> MEASURED =
      EnumSet.of(Metric.AUC, Metric.BRIER, Metric.BRIER_SKILL, Metric.LOG_LOSS);

  private MonitorChecks() {}

  static void check(@Nullable TimeSpan every, Period window, int minimum, Findings findings) {
    if (every == null) {
      findings.add("The monitor does not say how often it looks.", "Say it: .every(ofHours(6)).");
    } else {
      every.check("The time between two looks", RAREST, findings);
    }
    boolean oneUnit = window.equals(window.withDays(0)) || window.toTotalMonths() == 0;
    if (!oneUnit || window.isZero() || window.isNegative()) {
      findings.add(
          "The window is %s.".formatted(window),
          "Give it months or days, at least one: .window(Period.ofMonths(1)).");
    }
    if (minimum < 1) {
      findings.add(
          "The fewest rows of a window are %d.".formatted(minimum),
          "Figures rest on one row at least: .minimum(500).");
    }
  }

  static void check(RuleSpec rule, Findings findings) {
    ConditionChecks.checkBound(rule.condition(), findings);
    checkMeasured(rule.condition(), findings);
    checkDirection(rule.condition(), findings);
    checkConsequence(rule, findings);
    checkWindows(rule, findings);
    checkRecovery(rule, findings);
  }

  static void checkCooldown(TimeSpan cooldown, Findings findings) {
    cooldown.check("The cooldown", LONGEST_COOLDOWN, findings);
  }

  private static void checkMeasured(Condition condition, Findings findings) {
    if (condition instanceof Condition.OfMetric metric && !MEASURED.contains(metric.metric())) {
      findings.add(
          "No monitor measures %s, so the rule would never fire.".formatted(metric.metric()),
          "Use AUC, BRIER, BRIER_SKILL or LOG_LOSS.");
    }
  }

  private static void checkDirection(Condition condition, Findings findings) {
    Comparison good = ConditionChecks.good(condition);
    if (good != null && good == condition.comparison()) {
      findings.add(
          "The rule on %s fires while all is well: it is better when it is %s."
              .formatted(
                  ConditionChecks.name(condition),
                  good == Comparison.AT_LEAST ? "higher" : "lower"),
          good == Comparison.AT_LEAST ? "Use .atMost(…)." : "Use .atLeast(…).");
    }
  }

  private static void checkConsequence(RuleSpec rule, Findings findings) {
    if (!(rule.condition() instanceof Condition.OfSignal condition)) {
      return;
    }
    Signal signal = condition.signal();
    if (DRIFT.contains(signal) && rule.consequence() != Consequence.OPEN_TICKET) {
      findings.add(
          "%s can't %s: drift is news, outcomes are reasons.".formatted(signal, words(rule)),
          "Let it .openTicket(), and retrain on a metric or on AGE_DAYS.");
    } else if (NO_FAULT_OF_THE_VERSION.contains(signal)
        && rule.consequence() == Consequence.ROLL_BACK) {
      findings.add(
          "%s can't roll back: an older version would do no better.".formatted(signal),
          "Let it .openTicket() or .retrain(…).");
    }
  }

  private static String words(RuleSpec rule) {
    return rule.consequence() == Consequence.RETRAIN ? "retrain" : "roll back";
  }

  private static void checkWindows(RuleSpec rule, Findings findings) {
    if (rule.windows() < 1) {
      findings.add(
          "The rule on %s lasts %d windows."
              .formatted(ConditionChecks.name(rule.condition()), rule.windows()),
          "One window is the least: .lasting(1).");
    } else if (rule.windows() > 1 && isAge(rule.condition())) {
      findings.add(
          "AGE_DAYS belongs to no window, so it can't last %d of them.".formatted(rule.windows()),
          "Take .lasting(…) away, or raise the bound.");
    }
  }

  private static boolean isAge(Condition condition) {
    return condition instanceof Condition.OfSignal signal && signal.signal() == Signal.AGE_DAYS;
  }

  private static void checkRecovery(RuleSpec rule, Findings findings) {
    if (rule.recovery() == null) {
      return;
    }
    double recovery = rule.recovery();
    Condition condition = rule.condition();
    ConditionChecks.checkFigure(condition, recovery, findings);
    boolean worse =
        condition.comparison() == Comparison.AT_LEAST
            ? recovery > condition.bound()
            : recovery < condition.bound();
    if (worse) {
      findings.add(
          "The rule on %s counts as over at %s, while it still holds."
              .formatted(ConditionChecks.name(condition), recovery),
          "Choose a figure on the good side of %s.".formatted(condition.bound()));
    }
  }
}
