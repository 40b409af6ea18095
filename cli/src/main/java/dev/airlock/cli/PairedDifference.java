package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * Candidate less champion on the same rows, as the evidence has it.
 *
 * @param metric its lower-case name
 * @param isKnown false where the evidence says nothing of it; the figures are then 0
 * @param champion the champion's own figure
 * @param low the 95 % interval's lower end
 * @param high the 95 % interval's upper end
 */
record PairedDifference(
    String metric,
    boolean isKnown,
    double candidate,
    double champion,
    double difference,
    double low,
    double high) {

  private static final Map<String, String> NAMES =
      Map.of("auc", "AUC", "brier", "Brier", "log_loss", "log loss");

  static PairedDifference of(JsonNode evidence, String metric) {
    JsonNode champion = evidence.path("champion");
    JsonNode difference = champion.path("differences").path(metric);
    return new PairedDifference(
        metric,
        difference.hasNonNull("difference"),
        evidence.path("metrics").path(metric).asDouble(),
        champion.path("metrics").path(metric).asDouble(),
        difference.path("difference").asDouble(),
        difference.path("low").asDouble(),
        difference.path("high").asDouble());
  }

  static String name(String metric) {
    return NAMES.getOrDefault(metric, metric);
  }

  private boolean isMoreBetter() {
    return metric.equals("auc");
  }

  /** Whether chance does not explain that the candidate is worse. */
  boolean isWorse() {
    return isKnown && (isMoreBetter() ? high < 0 : low > 0);
  }

  /** Whether chance does not explain that the candidate is better. */
  boolean isBetter() {
    return isKnown && (isMoreBetter() ? low > 0 : high < 0);
  }

  /** Such as "Brier is 0.0010 lower (95 % interval -0.0018 to -0.0002)". */
  String words() {
    return "%s is %.4f %s (95 %% interval %+.4f to %+.4f)"
        .formatted(
            name(metric), Math.abs(difference), difference < 0 ? "lower" : "higher", low, high);
  }
}
