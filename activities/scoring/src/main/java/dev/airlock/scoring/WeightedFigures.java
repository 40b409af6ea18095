package dev.airlock.scoring;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Figures of rows of which each counts a whole number of times, as resampling needs them: sorted
 * once, then one pass for each set of weights. With each weight 1 they are those of {@link
 * BinaryMetrics} and {@link RegressionMetrics}.
 */
abstract class WeightedFigures {

  /** How many figures there are: one for each {@link Measure} of the task. */
  abstract int count();

  /**
   * Measures.
   *
   * @param weights how often each row counts, none below 0, at least one row of each class above
   * @param figures takes the figures, in the order of {@link Measure#of}
   */
  abstract void measure(int[] weights, double[] figures);

  static WeightedFigures of(Task task, double[] scores, double[] labels) {
    return task == Task.BINARY_CLASSIFICATION
        ? new OfClasses(scores, labels)
        : new OfNumbers(scores, labels);
  }

  /** The mean of what each row costs. */
  static WeightedFigures mean(double[] losses) {
    return new Mean(losses.clone());
  }

  private static double sum(int[] weights, double[] losses) {
    double sum = 0;
    for (int i = 0; i < losses.length; i++) {
      sum += weights[i] * losses[i];
    }
    return sum;
  }

  private static double total(int[] weights) {
    long total = 0;
    for (int weight : weights) {
      total += weight;
    }
    return total;
  }

  private static final class Mean extends WeightedFigures {
    private final double[] losses;

    Mean(double[] losses) {
      this.losses = losses;
    }

    @Override
    int count() {
      return 1;
    }

    @Override
    void measure(int[] weights, double[] figures) {
      figures[0] = sum(weights, losses) / total(weights);
    }
  }

  private static final class OfNumbers extends WeightedFigures {
    private final double[] squares;
    private final double[] distances;

    OfNumbers(double[] scores, double[] labels) {
      LabelledScores.requireFinite(scores, labels);
      this.squares = new double[scores.length];
      this.distances = new double[scores.length];
      for (int i = 0; i < scores.length; i++) {
        distances[i] = Math.abs(scores[i] - labels[i]);
        squares[i] = distances[i] * distances[i];
      }
    }

    @Override
    int count() {
      return 2;
    }

    @Override
    void measure(int[] weights, double[] figures) {
      double total = total(weights);
      figures[0] = Math.sqrt(sum(weights, squares) / total);
      figures[1] = sum(weights, distances) / total;
    }
  }

  private static final class OfClasses extends WeightedFigures {
    /** Rows by falling score. */
    private final int[] order;

    /** Whether a row, by falling score, is the last of its score. */
    private final boolean[] endsStep;

    private final boolean[] positive;
    private final double[] logLosses;
    private final double[] squares;

    OfClasses(double[] scores, double[] labels) {
      LabelledScores.requireProbabilities(scores, labels);
      int rows = scores.length;
      this.order =
          IntStream.range(0, rows)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
              .mapToInt(Integer::intValue)
              .toArray();
      this.endsStep = new boolean[rows];
      this.positive = new boolean[rows];
      this.logLosses = new double[rows];
      this.squares = new double[rows];
      for (int i = 0; i < rows; i++) {
        endsStep[i] = i == rows - 1 || scores[order[i]] != scores[order[i + 1]];
        positive[i] = labels[i] == 1;
        logLosses[i] = PairedDifference.logLoss(scores[i], labels[i]);
        squares[i] = (scores[i] - labels[i]) * (scores[i] - labels[i]);
      }
    }

    @Override
    int count() {
      return 5;
    }

    @Override
    void measure(int[] weights, double[] figures) {
      double total = total(weights);
      double positives = 0;
      for (int i = 0; i < weights.length; i++) {
        positives += positive[i] ? weights[i] : 0;
      }
      curves(weights, positives, total - positives, figures);
      figures[2] = sum(weights, logLosses) / total;
      figures[3] = sum(weights, squares) / total;
      double rate = positives / total;
      figures[4] = 1 - figures[3] / (rate * (1 - rate));
    }

    private void curves(int[] weights, double positives, double negatives, double[] figures) {
      double doubledWins = 0;
      double area = 0;
      double truePositives = 0;
      double falsePositives = 0;
      double stepPositives = 0;
      double stepNegatives = 0;
      for (int i = 0; i < order.length; i++) {
        int row = order[i];
        if (positive[row]) {
          stepPositives += weights[row];
        } else {
          stepNegatives += weights[row];
        }
        if (endsStep[i] && stepPositives + stepNegatives > 0) {
          doubledWins += stepNegatives * (2 * truePositives + stepPositives);
          truePositives += stepPositives;
          falsePositives += stepNegatives;
          area += stepPositives * truePositives / (truePositives + falsePositives);
          stepPositives = 0;
          stepNegatives = 0;
        }
      }
      figures[0] = doubledWins / 2 / (positives * negatives);
      figures[1] = area / positives;
    }
  }
}
