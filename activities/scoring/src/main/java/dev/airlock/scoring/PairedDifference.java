package dev.airlock.scoring;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * By how much one model's figure differs from another's on the very same rows, with a 95 %
 * interval. Pairing takes out what is hard or easy about the rows themselves, so the interval is
 * far narrower than those of the two figures.
 *
 * @param difference the first model's figure less the second's
 * @param low the lower end of the interval
 * @param high the upper end; where the interval holds 0, the rows can't tell the models apart
 */
public record PairedDifference(double difference, double low, double high) {
  private static final double CLIP = 1e-15;

  /** The two-sided 95 % quantile of the normal distribution. */
  static final double DEVIATIONS = 1.959963984540054;

  /** What one score costs, given what came true. */
  @FunctionalInterface
  private interface Loss {
    double of(double score, double label);
  }

  /**
   * Difference of the Brier scores: the mean of the rows' differences ± 1.96 standard errors. Below
   * 0, the first model is better.
   *
   * @param first probabilities of class 1
   * @param second those of the other model, row by row
   * @throws IllegalArgumentException where the arrays do not fit, or there are fewer than 2 rows
   */
  public static PairedDifference brier(double[] first, double[] second, double[] labels) {
    return ofProbabilities(
        first, second, labels, (score, label) -> (score - label) * (score - label));
  }

  /**
   * Difference of the log losses, in nats a row, clipped as {@link BinaryMetrics#logLoss} does: the
   * mean of the rows' differences ± 1.96 standard errors. Below 0, the first model is better.
   *
   * @param first probabilities of class 1
   * @param second those of the other model, row by row
   * @throws IllegalArgumentException where the arrays do not fit, or there are fewer than 2 rows
   */
  public static PairedDifference logLoss(double[] first, double[] second, double[] labels) {
    return ofProbabilities(first, second, labels, PairedDifference::logLoss);
  }

  static double logLoss(double score, double label) {
    double p = Math.min(Math.max(score, CLIP), 1 - CLIP);
    return label == 1 ? -Math.log(p) : -Math.log1p(-p);
  }

  /**
   * Difference of the areas under the two ROC curves, which are correlated since the rows are the
   * same (DeLong, DeLong and Clarke-Pearson, 1988). Above 0, the first model is better.
   *
   * @param first any finite numbers; only their order counts
   * @param second those of the other model, row by row
   * @throws IllegalArgumentException where the arrays do not fit, or a class has fewer than 2 rows
   */
  public static PairedDifference auc(double[] first, double[] second, double[] labels) {
    Placements difference = Placements.of(first, labels).less(Placements.of(second, labels));
    return around(difference.mean(), difference.standardError());
  }

  /**
   * Difference of the root mean squared errors, in the label's unit, with the standard error of the
   * first-order (delta) method: each row weighs {@code e²/(2·RMSE)}. Below 0, the first model is
   * better.
   *
   * @param first any finite numbers
   * @param second those of the other model, row by row
   * @throws IllegalArgumentException where the arrays do not fit, there are fewer than 2 rows, or
   *     numbers are so far apart that their squares overflow
   */
  public static PairedDifference rmse(double[] first, double[] second, double[] labels) {
    double firsts = RegressionMetrics.rmse(first, labels);
    double seconds = RegressionMetrics.rmse(second, labels);
    Moments moments =
        moments(
            labels.length,
            i ->
                shareOfRoot(first[i] - labels[i], firsts)
                    - shareOfRoot(second[i] - labels[i], seconds));
    return around(firsts - seconds, Math.sqrt(moments.varianceOfMean()));
  }

  /** No error at all leaves nothing to divide by, and no spread. */
  private static double shareOfRoot(double error, double rmse) {
    return rmse == 0 ? 0 : error * error / (2 * rmse);
  }

  /**
   * Difference of the mean absolute errors, in the label's unit: the mean of the rows' differences
   * ± 1.96 standard errors. Below 0, the first model is better.
   *
   * @param first any finite numbers
   * @param second those of the other model, row by row
   * @throws IllegalArgumentException where the arrays do not fit, or there are fewer than 2 rows
   */
  public static PairedDifference mae(double[] first, double[] second, double[] labels) {
    LabelledScores.requireFinite(first, labels);
    LabelledScores.requireFinite(second, labels);
    return mean(first, second, labels, (score, label) -> Math.abs(score - label));
  }

  private static PairedDifference ofProbabilities(
      double[] first, double[] second, double[] labels, Loss loss) {
    LabelledScores.requireProbabilities(first, labels);
    LabelledScores.requireProbabilities(second, labels);
    return mean(first, second, labels, loss);
  }

  private static PairedDifference mean(
      double[] first, double[] second, double[] labels, Loss loss) {
    Moments moments =
        moments(labels.length, i -> loss.of(first[i], labels[i]) - loss.of(second[i], labels[i]));
    return around(moments.mean(), Math.sqrt(moments.varianceOfMean()));
  }

  private static Moments moments(int rows, IntToDoubleFunction ofRow) {
    if (rows < 2) {
      throw new IllegalArgumentException(
          "There is 1 row, expected at least 2: one row has no spread to make an interval of");
    }
    double[] differences = new double[rows];
    Arrays.setAll(differences, ofRow);
    return Moments.of(differences);
  }

  private static PairedDifference around(double difference, double standardError) {
    double reach = DEVIATIONS * standardError;
    return new PairedDifference(difference, difference - reach, difference + reach);
  }
}
