package dev.airlock.dsl;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.Signal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether bounds on what is seen of a live model fit the figures. */
final class ConditionChecks {

  private ConditionChecks() {}

  static String name(Condition condition) {
    return condition.figure().toUpperCase(Locale.ROOT);
  }

  /** Reports a bound that the figure can't have. */
  static void checkBound(Condition condition, Findings findings) {
    if (condition.comparison() != Comparison.AT_LEAST
        && condition.comparison() != Comparison.AT_MOST) {
      findings.add(
          "A rule can't compare %s with the champion: the live version is the champion."
              .formatted(name(condition)),
          "Give a bound of its own: .atMost(…) or .atLeast(…).");
      return;
    }
    checkFigure(condition, condition.bound(), findings);
  }

  /** Reports a value that the condition's figure can't have. */
  static void checkFigure(Condition condition, double figure, Findings findings) {
    double least = least(condition);
    double most = most(condition);
    if (!(figure >= least && figure <= most)) {
      findings.add(
          "%s can't be %s.".formatted(name(condition), figure),
          "It lies between %s and %s.".formatted(least, most));
    }
  }

  /** How a bound says that all is well; null where both too much and too little may be bad. */
  static @Nullable Comparison good(Condition condition) {
    return condition instanceof Condition.OfMetric metric
        ? metric.metric().isHigherBetter() ? Comparison.AT_LEAST : Comparison.AT_MOST
        : good(((Condition.OfSignal) condition).signal());
  }

  static @Nullable Comparison good(Signal signal) {
    return switch (signal) {
      case PSI, KS, JENSEN_SHANNON, SCORE_SHIFT, ERROR_RATE, P99_MILLIS, AGE_DAYS ->
          Comparison.AT_MOST;
      case PREDICTED_OVER_OBSERVED, PREDICTIONS -> null;
    };
  }

  private static double least(Condition condition) {
    return condition instanceof Condition.OfMetric metric && metric.metric() == Metric.BRIER_SKILL
        ? -Double.MAX_VALUE
        : 0;
  }

  private static double most(Condition condition) {
    if (condition instanceof Condition.OfMetric metric) {
      return switch (metric.metric()) {
        case AUC, PR_AUC, BRIER, BRIER_SKILL -> 1;
        case LOG_LOSS, RMSE, MAE -> Double.MAX_VALUE;
      };
    }
    return switch (((Condition.OfSignal) condition).signal()) {
      case KS, JENSEN_SHANNON, ERROR_RATE -> 1;
      case PSI, SCORE_SHIFT, PREDICTED_OVER_OBSERVED, P99_MILLIS, PREDICTIONS, AGE_DAYS ->
          Double.MAX_VALUE;
    };
  }
}
