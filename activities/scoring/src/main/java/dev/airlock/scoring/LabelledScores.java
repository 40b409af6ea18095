package dev.airlock.scoring;

/** Refuses arrays on which a metric would be a number without a meaning. */
final class LabelledScores {
  private LabelledScores() {}

  /** Two arrays of one length above 0, all finite. */
  static void requireFinite(double[] scores, double[] labels) {
    if (scores.length != labels.length) {
      throw new IllegalArgumentException(
          "%d scores came with %d labels, expected one label a score"
              .formatted(scores.length, labels.length));
    }
    if (scores.length == 0) {
      throw new IllegalArgumentException("There are no rows to judge, expected at least one");
    }
    Finite.requireAll("scores", scores);
    Finite.requireAll("labels", labels);
  }

  /** Finite scores, labels 0 or 1. */
  static void requireClasses(double[] scores, double[] labels) {
    requireFinite(scores, labels);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != 0 && labels[i] != 1) {
        throw new IllegalArgumentException(
            "labels[%d] is %s, expected 0 or 1".formatted(i, labels[i]));
      }
    }
  }

  /** Probabilities, labels 0 or 1. */
  static void requireProbabilities(double[] scores, double[] labels) {
    requireClasses(scores, labels);
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] < 0 || scores[i] > 1) {
        throw new IllegalArgumentException(
            "scores[%d] is %s, expected a probability between 0 and 1".formatted(i, scores[i]));
      }
    }
  }

  static void requireBothClasses(String metric, double positives, double negatives) {
    if (positives == 0 || negatives == 0) {
      throw new IllegalArgumentException(
          "%s needs rows of both classes, but all labels are %d; judge on more rows, or check the label"
              .formatted(metric, positives == 0 ? 0 : 1));
    }
  }
}
