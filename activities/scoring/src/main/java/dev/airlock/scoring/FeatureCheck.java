package dev.airlock.scoring;

import dev.airlock.scoring.InvalidFeaturesException.Problem;
import dev.airlock.scoring.InvalidFeaturesException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns what a caller sent into a vector, or finds everything that is wrong with it. */
final class FeatureCheck {
  private FeatureCheck() {}

  static double[] vector(List<String> features, Map<String, ?> row) {
    double[] vector = new double[features.size()];
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < vector.length; i++) {
      String feature = features.get(i);
      Object value = row.get(feature);
      vector[i] = value instanceof Number number ? number.doubleValue() : Double.NaN;
      if (!Double.isFinite(vector[i])) {
        problems.add(unusable(feature, value, row.containsKey(feature)));
      }
    }
    row.keySet().stream()
        .filter(name -> !features.contains(name))
        .sorted()
        .map(name -> new Problem(name, Reason.UNKNOWN, "unknown; leave it out"))
        .forEach(problems::add);
    if (!problems.isEmpty()) {
      throw new InvalidFeaturesException(features, problems);
    }
    return vector;
  }

  static InvalidFeaturesException refuse(List<String> features, double[] vector) {
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < Math.max(features.size(), vector.length); i++) {
      if (i >= vector.length) {
        problems.add(missing(features.get(i)));
      } else if (i >= features.size()) {
        problems.add(
            new Problem("position " + (i + 1), Reason.UNKNOWN, "is beyond the last feature"));
      } else if (!Double.isFinite(vector[i])) {
        problems.add(notANumber(features.get(i), vector[i]));
      }
    }
    return new InvalidFeaturesException(features, problems);
  }

  private static Problem unusable(String feature, @Nullable Object value, boolean present) {
    return present ? notANumber(feature, value) : missing(feature);
  }

  private static Problem missing(String feature) {
    return new Problem(feature, Reason.MISSING, "missing; send a number");
  }

  private static Problem notANumber(String feature, @Nullable Object value) {
    return new Problem(
        feature, Reason.NOT_A_NUMBER, "is " + shown(value) + "; send a finite number");
  }

  private static String shown(@Nullable Object value) {
    if (value == null || value instanceof Number) {
      return String.valueOf(value);
    }
    String text = String.valueOf(value);
    String excerpt = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return "'%s' (%s)".formatted(excerpt, value.getClass().getSimpleName());
  }
}
