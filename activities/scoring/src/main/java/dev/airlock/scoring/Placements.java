package dev.airlock.scoring;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * The share of the other class that each row is placed right against, a tie counting half: the mean
 * over either class is the AUC, and the spread says how sure it is (DeLong, DeLong and
 * Clarke-Pearson, "Comparing the areas under two or more correlated receiver operating
 * characteristic curves", 1988).
 */
final class Placements {
  private static final int FEWEST = 2;

  private final double[] ofPositives;
  private final double[] ofNegatives;

  private Placements(double[] ofPositives, double[] ofNegatives) {
    this.ofPositives = ofPositives;
    this.ofNegatives = ofNegatives;
  }

  static Placements of(double[] scores, double[] labels) {
    LabelledScores.requireClasses(scores, labels);
    double[] positives = ofClass(1, scores, labels);
    double[] negatives = ofClass(0, scores, labels);
    if (positives.length < FEWEST || negatives.length < FEWEST) {
      throw new IllegalArgumentException(
          "An interval of the AUC needs at least 2 rows of each class, but there are %d of class 1 and %d of class 0; judge on more rows"
              .formatted(positives.length, negatives.length));
    }
    double[] risingPositives = rising(positives);
    double[] risingNegatives = rising(negatives);
    return new Placements(
        map(positives, score -> placed(risingNegatives, score)),
        map(negatives, score -> 1 - placed(risingPositives, score)));
  }

  /** How these placements differ from those of other scores of the same rows. */
  Placements less(Placements other) {
    return new Placements(
        difference(ofPositives, other.ofPositives), difference(ofNegatives, other.ofNegatives));
  }

  double mean() {
    return Moments.of(ofPositives).mean();
  }

  double standardError() {
    double squared =
        Moments.of(ofPositives).varianceOfMean() + Moments.of(ofNegatives).varianceOfMean();
    return Math.sqrt(squared);
  }

  private static double[] ofClass(double label, double[] scores, double[] labels) {
    double[] found = new double[scores.length];
    int count = 0;
    for (int i = 0; i < scores.length; i++) {
      if (labels[i] == label) {
        found[count++] = scores[i];
      }
    }
    return Arrays.copyOf(found, count);
  }

  private static double placed(double[] rising, double score) {
    double twice = Ranks.below(rising, score) + Ranks.atMost(rising, score);
    return twice / 2 / rising.length;
  }

  private static double[] rising(double[] scores) {
    double[] sorted = map(scores, score -> score + 0.0);
    Arrays.sort(sorted);
    return sorted;
  }

  private static double[] map(double[] numbers, DoubleUnaryOperator operator) {
    return Arrays.stream(numbers).map(operator).toArray();
  }

  private static double[] difference(double[] numbers, double[] others) {
    double[] difference = new double[numbers.length];
    Arrays.setAll(difference, i -> numbers[i] - others[i]);
    return difference;
  }
}
