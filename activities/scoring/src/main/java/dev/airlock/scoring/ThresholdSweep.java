package dev.airlock.scoring;

import java.util.Arrays;

/**
 * What a classifier does as its threshold falls through every distinct score, highest first. Rows
 * of equal score fall together, which is what makes the measures built on it right about ties.
 */
final class ThresholdSweep {
  /** Distinct scores, falling. */
  private final double[] scores;

  /** How many rows of class 1 score at least {@code scores[i]}. */
  private final int[] truePositives;

  /** How many rows of class 0 score at least {@code scores[i]}. */
  private final int[] falsePositives;

  private final int steps;
  private final int positives;
  private final int negatives;

  ThresholdSweep(double[] scores, double[] labels) {
    LabelledScores.requireClasses(scores, labels);
    double[] ofClassOne = sorted(scores, labels, 1);
    double[] ofClassZero = sorted(scores, labels, 0);
    this.positives = ofClassOne.length;
    this.negatives = ofClassZero.length;
    this.scores = new double[scores.length];
    this.truePositives = new int[scores.length];
    this.falsePositives = new int[scores.length];
    this.steps = merge(ofClassOne, ofClassZero);
  }

  /** Adding 0.0 turns -0.0, which sorts apart, into 0.0. */
  private static double[] sorted(double[] scores, double[] labels, double label) {
    double[] chosen = new double[scores.length];
    int count = 0;
    for (int i = 0; i < scores.length; i++) {
      if (labels[i] == label) {
        chosen[count++] = scores[i] + 0.0;
      }
    }
    double[] sorted = Arrays.copyOf(chosen, count);
    Arrays.sort(sorted);
    return sorted;
  }

  private int merge(double[] ofClassOne, double[] ofClassZero) {
    int one = ofClassOne.length;
    int zero = ofClassZero.length;
    int step = 0;
    while (one > 0 || zero > 0) {
      double score =
          Math.max(
              one > 0 ? ofClassOne[one - 1] : Double.NEGATIVE_INFINITY,
              zero > 0 ? ofClassZero[zero - 1] : Double.NEGATIVE_INFINITY);
      while (one > 0 && ofClassOne[one - 1] == score) {
        one--;
      }
      while (zero > 0 && ofClassZero[zero - 1] == score) {
        zero--;
      }
      scores[step] = score;
      truePositives[step] = positives - one;
      falsePositives[step] = negatives - zero;
      step++;
    }
    return step;
  }

  /** How many distinct scores there are. */
  int steps() {
    return steps;
  }

  int positives() {
    return positives;
  }

  int negatives() {
    return negatives;
  }

  double score(int step) {
    return scores[step];
  }

  /** Rows of class 1 that score at least {@link #score}; 0 before the first step, -1. */
  int truePositives(int step) {
    return step < 0 ? 0 : truePositives[step];
  }

  /** Rows of class 0 that score at least {@link #score}; 0 before the first step, -1. */
  int falsePositives(int step) {
    return step < 0 ? 0 : falsePositives[step];
  }

  double truePositiveRate(int step) {
    return (double) truePositives(step) / positives;
  }

  double falsePositiveRate(int step) {
    return (double) falsePositives(step) / negatives;
  }
}
