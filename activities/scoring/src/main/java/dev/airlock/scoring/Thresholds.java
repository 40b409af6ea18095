package dev.airlock.scoring;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** From which score on an answer counts as yes, and what is right and wrong then. */
public final class Thresholds {

  /** The most thresholds that are looked at. */
  public static final int MOST = 201;

  private static final MathContext THREE_DIGITS = new MathContext(3);
  private static final int BY_RANK = 160;

  private Thresholds() {}

  /**
   * Thresholds at which to look at models side by side, rising: 0, where all is yes, 1, the chosen
   * one, and scores of theirs, spread evenly by rank and closer at the top, where decisions are
   * made. All but the chosen one are rounded to three digits.
   *
   * @param scores each model's probabilities
   * @param chosen is among them as it is
   */
  public static double[] among(List<double[]> scores, double chosen) {
    double[] rising = scores.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
    NavigableSet<Double> thresholds = new TreeSet<>(List.of(0.0, 1.0, chosen));
    for (int i = 0; i <= BY_RANK; i++) {
      thresholds.add(rounded(rising[(int) ((long) i * (rising.length - 1) / BY_RANK)]));
    }
    for (long fromTop = 1; fromTop < rising.length && thresholds.size() < MOST; fromTop *= 2) {
      thresholds.add(rounded(rising[(int) (rising.length - fromTop)]));
    }
    return thresholds.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double rounded(double score) {
    return new BigDecimal(score).round(THREE_DIGITS).doubleValue();
  }

  /**
   * What is right and wrong from each threshold on.
   *
   * @param thresholds rising
   */
  public static List<Confusion> confusions(double[] scores, double[] labels, double[] thresholds) {
    LabelledScores.requireProbabilities(scores, labels);
    double[] positives = rising(scores, labels, 1);
    double[] negatives = rising(scores, labels, 0);
    return Arrays.stream(thresholds)
        .mapToObj(threshold -> confusion(positives, negatives, threshold))
        .toList();
  }

  private static Confusion confusion(double[] positives, double[] negatives, double threshold) {
    long missed = Ranks.below(positives, threshold);
    long spared = Ranks.below(negatives, threshold);
    return new Confusion(
        threshold, positives.length - missed, negatives.length - spared, spared, missed);
  }

  /**
   * The score from which on to say yes gives the largest F1, the harmonic mean of precision and
   * recall; of equals the highest.
   *
   * @throws IllegalArgumentException also if all labels are alike
   */
  public static double bestByF1(double[] scores, double[] labels) {
    LabelledScores.requireProbabilities(scores, labels);
    ThresholdSweep sweep = new ThresholdSweep(scores, labels);
    LabelledScores.requireBothClasses("F1", sweep.positives(), sweep.negatives());
    int best = 0;
    double bestF1 = -1;
    for (int i = 0; i < sweep.steps(); i++) {
      double found = sweep.truePositives(i);
      double f1 = 2 * found / (found + sweep.falsePositives(i) + sweep.positives());
      if (f1 > bestF1) {
        best = i;
        bestF1 = f1;
      }
    }
    return sweep.score(best);
  }

  /** What each row costs where scores from a threshold on count as yes. */
  public static double[] costs(
      double[] scores,
      double[] labels,
      double threshold,
      double falsePositive,
      double falseNegative) {
    double[] costs = new double[scores.length];
    for (int i = 0; i < costs.length; i++) {
      boolean yes = scores[i] >= threshold;
      costs[i] = yes == (labels[i] == 1) ? 0 : yes ? falsePositive : falseNegative;
    }
    return costs;
  }

  private static double[] rising(double[] scores, double[] labels, double label) {
    double[] chosen = new double[scores.length];
    int count = 0;
    for (int i = 0; i < scores.length; i++) {
      if (labels[i] == label) {
        chosen[count++] = scores[i];
      }
    }
    double[] rising = Arrays.copyOf(chosen, count);
    Arrays.sort(rising);
    return rising;
  }
}
