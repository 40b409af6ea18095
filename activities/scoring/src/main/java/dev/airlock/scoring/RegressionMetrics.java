package dev.airlock.scoring;

import java.util.Arrays;

/**
 * How well predicted numbers meet the true ones.
 *
 * <p>Every function takes one prediction and one label a row and leaves both arrays as they are.
 * Empty arrays, arrays of different lengths, NaN and infinity throw {@link
 * IllegalArgumentException}, and so do numbers so far apart that their squares overflow.
 */
public final class RegressionMetrics {
  private RegressionMetrics() {}

  /**
   * All metrics at once.
   *
   * @throws IllegalArgumentException also if all labels are alike
   */
  public static RegressionEvaluation evaluate(double[] scores, double[] labels) {
    return new RegressionEvaluation(
        labels.length,
        mean(scores, labels),
        rmse(scores, labels),
        mae(scores, labels),
        r2(scores, labels));
  }

  private static double mean(double[] scores, double[] labels) {
    LabelledScores.requireFinite(scores, labels);
    return Arrays.stream(labels).sum() / labels.length;
  }

  /** Root mean squared error, in the label's unit: {@code √((1/n) Σ (ŷ − y)²)}. */
  public static double rmse(double[] scores, double[] labels) {
    LabelledScores.requireFinite(scores, labels);
    return Finite.require("RMSE", Math.sqrt(BinaryMetrics.meanSquaredError(scores, labels)));
  }

  /** Mean absolute error, in the label's unit: {@code (1/n) Σ |ŷ − y|}. */
  public static double mae(double[] scores, double[] labels) {
    LabelledScores.requireFinite(scores, labels);
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      sum += Math.abs(scores[i] - labels[i]);
    }
    return Finite.require("MAE", sum / scores.length);
  }

  /**
   * Coefficient of determination: {@code 1 − Σ (ŷ − y)² / Σ (y − ȳ)²}, ȳ the mean of these same
   * labels. 1 is perfect, 0 is no better than ȳ for every row, below 0 is worse.
   *
   * @throws IllegalArgumentException also if all labels are alike: there is then nothing to explain
   */
  public static double r2(double[] scores, double[] labels) {
    double mean = mean(scores, labels);
    double first = labels[0];
    if (Arrays.stream(labels).allMatch(label -> label == first)) {
      throw new IllegalArgumentException(
          "R² needs labels that differ, but all are %s; judge on more rows, or check the label"
              .formatted(first));
    }
    double[] means = new double[labels.length];
    Arrays.fill(means, mean);
    return Finite.require(
        "R²",
        1
            - BinaryMetrics.meanSquaredError(scores, labels)
                / BinaryMetrics.meanSquaredError(means, labels));
  }
}
