package dev.airlock.scoring;

import java.util.Arrays;

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
    return mean(first, second, labels, (score, label) -> (score - label) * (score - label));
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
    return mean(first, second, labels, PairedDifference::logLoss);
  }

  private static double logLoss(double score, double label) {
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

  private static PairedDifference mean(
      double[] first, double[] second, double[] labels, Loss loss) {
    LabelledScores.requireProbabilities(first, labels);
    LabelledScores.requireProbabilities(second, labels);
    if (labels.length < 2) {
      throw new IllegalArgumentException(
          "There is 1 row, expected at least 2: one row has no spread to make an interval of");
    }
    double[] differences = new double[labels.length];
    Arrays.setAll(differences, i -> loss.of(first[i], labels[i]) - loss.of(second[i], labels[i]));
    Moments moments = Moments.of(differences);
    return around(moments.mean(), Math.sqrt(moments.varianceOfMean()));
  }

  private static PairedDifference around(double difference, double standardError) {
    double reach = DEVIATIONS * standardError;
    return new PairedDifference(difference, difference - reach, difference + reach);
  }
}
