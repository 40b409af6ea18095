package dev.airlock.monitoring;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Requirement.Comparison;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures and bounds as a person reads them at night. */
final class Words {
  private static final MathContext FOUR_DIGITS = new MathContext(4);
  private static final int PERCENT = 100;

  private Words() {}

  /**
   * A figure with its value: {@code PSI of recency 0.312}, {@code Brier skill 0.031}, {@code 312
   * predictions}.
   *
   * @param feature the feature that it is of, or null
   */
  static String of(Condition condition, double value, @Nullable String feature) {
    String of = feature == null ? "" : " of " + feature;
    return switch (condition.figure()) {
      case "predictions" -> plain(value) + " predictions";
      case "age_days" -> "Age " + plain(value) + " days";
      case "error_rate" -> "Error rate " + percent(value);
      case "p99_millis" -> "99th percentile of latency " + rounded(value, 1) + " ms";
      default -> name(condition.figure()) + of + " " + rounded(value, 3);
    };
  }

  private static String name(String figure) {
    return switch (figure) {
      case "psi" -> "PSI";
      case "ks" -> "Kolmogorov–Smirnov distance";
      case "jensen_shannon" -> "Jensen–Shannon distance";
      case "score_shift" -> "PSI of the scores";
      case "predicted_over_observed" -> "Predicted over observed";
      case "auc" -> "AUC";
      case "pr_auc" -> "PR-AUC";
      case "log_loss" -> "Log loss";
      case "brier" -> "Brier score";
      case "brier_skill" -> "Brier skill";
      case "rmse" -> "RMSE";
      case "mae" -> "MAE";
      default -> figure;
    };
  }

  /** What a rule would rather see: {@code below 0.2 expected}. */
  static String expected(Condition breach) {
    String side = breach.comparison() == Comparison.AT_LEAST ? "below " : "above ";
    return side + bound(breach, breach.bound()) + " expected";
  }

  /** A bound in the figure's unit. */
  static String bound(Condition condition, double bound) {
    return switch (condition.figure()) {
      case "error_rate" -> percent(bound);
      case "p99_millis" -> plain(bound) + " ms";
      default -> plain(bound);
    };
  }

  /** What a canary asks for: {@code at most 0.1 allowed}. */
  static String allowed(Condition condition) {
    String side = condition.comparison() == Comparison.AT_LEAST ? "at least " : "at most ";
    return side + bound(condition, condition.bound()) + " allowed";
  }

  static String percent(double share) {
    return plain(share * PERCENT) + " %";
  }

  static String rounded(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  static String plain(double value) {
    if (value == 0) {
      return "0";
    }
    BigDecimal exact = BigDecimal.valueOf(value);
    // Whole numbers stay whole, however many digits they have.
    BigDecimal short4 =
        exact.abs().compareTo(BigDecimal.valueOf(1000)) >= 0 ? exact : exact.round(FOUR_DIGITS);
    return short4.stripTrailingZeros().toPlainString();
  }
}
