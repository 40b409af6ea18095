package dev.airlock.scoring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How well scores foretell a class.
 *
 * <p>Every function takes one score and one label (0 or 1) a row, leaves both arrays as they are,
 * doesn't depend on the order of rows, and treats rows of equal score as one. Empty arrays, arrays
 * of different lengths, NaN, infinity and other labels throw {@link IllegalArgumentException}.
 */
public final class BinaryMetrics {
  private static final int CALIBRATION_BINS = 10;
  private static final int ROC_POINTS = 100;
  private static final double CLIP = 1e-15;

  private BinaryMetrics() {}

  /**
   * All metrics at once.
   *
   * @param scores probabilities of class 1
   * @throws IllegalArgumentException also if all labels are alike, or a score is no probability
   */
  public static BinaryEvaluation evaluate(double[] scores, double[] labels) {
    LabelledScores.requireProbabilities(scores, labels);
    ThresholdSweep sweep = new ThresholdSweep(scores, labels);
    return new BinaryEvaluation(
        labels.length,
        sweep.positives(),
        baseRate(labels),
        auc(sweep),
        prAuc(sweep),
        logLoss(scores, labels),
        brier(scores, labels),
        brierSkill(scores, labels),
        calibration(sweep, CALIBRATION_BINS),
        rocPoints(sweep));
  }

  /** The share of class 1 among the labels. */
  public static double baseRate(double[] labels) {
    LabelledScores.requireClasses(labels, labels);
    return Arrays.stream(labels).sum() / labels.length;
  }

  /**
   * Area under the ROC curve: the chance that a random row of class 1 scores above a random row of
   * class 0, a tie counting half. {@code (#{s⁺ > s⁻} + ½ #{s⁺ = s⁻}) / (P · N)}, the Mann–Whitney U
   * (Hanley and McNeil, "The meaning and use of the area under a ROC curve", 1982).
   *
   * @param scores any finite numbers; only their order counts
   * @throws IllegalArgumentException also if all labels are alike
   */
  public static double auc(double[] scores, double[] labels) {
    return auc(new ThresholdSweep(scores, labels));
  }

  private static double auc(ThresholdSweep sweep) {
    LabelledScores.requireBothClasses("AUC", sweep.positives(), sweep.negatives());
    long doubledWins = 0;
    for (int i = 0; i < sweep.steps(); i++) {
      long beaten = (long) sweep.falsePositives(i) - sweep.falsePositives(i - 1);
      doubledWins += beaten * ((long) sweep.truePositives(i - 1) + sweep.truePositives(i));
    }
    return doubledWins / 2.0 / ((double) sweep.positives() * sweep.negatives());
  }

  /**
   * A 95 % interval of the {@link #auc}, ± 1.96 of DeLong's standard errors, within 0 and 1
   * (DeLong, DeLong and Clarke-Pearson, "Comparing the areas under two or more correlated receiver
   * operating characteristic curves", 1988). Where no row is out of order it has no width, however
   * few the rows.
   *
   * @param scores any finite numbers; only their order counts
   * @throws IllegalArgumentException also if a class has fewer than 2 rows
   */
  public static Interval aucInterval(double[] scores, double[] labels) {
    Placements placements = Placements.of(scores, labels);
    double auc = placements.mean();
    double reach = PairedDifference.DEVIATIONS * placements.standardError();
    return new Interval(Math.max(0, auc - reach), Math.min(1, auc + reach));
  }

  /**
   * Area under the precision-recall curve as average precision: {@code Σₖ (Rₖ − Rₖ₋₁) · Pₖ} over
   * the distinct scores, falling, with P and R the precision and recall of "at least this score".
   * There is no interpolation, which would flatter (Davis and Goadrich, "The relationship between
   * precision-recall and ROC curves", 2006); scikit-learn's {@code average_precision_score} is the
   * same. A score without skill has the base rate.
   *
   * @param scores any finite numbers; only their order counts
   * @throws IllegalArgumentException also if all labels are alike
   */
  public static double prAuc(double[] scores, double[] labels) {
    return prAuc(new ThresholdSweep(scores, labels));
  }

  private static double prAuc(ThresholdSweep sweep) {
    LabelledScores.requireBothClasses("PR-AUC", sweep.positives(), sweep.negatives());
    double area = 0;
    for (int i = 0; i < sweep.steps(); i++) {
      double found = sweep.truePositives(i);
      double precision = found / (found + sweep.falsePositives(i));
      area += (found - sweep.truePositives(i - 1)) * precision;
    }
    return area / sweep.positives();
  }

  /**
   * Log loss, in nats a row: {@code −(1/n) Σ y·ln p + (1−y)·ln(1−p)}, with p kept within [1e-15, 1
   * − 1e-15] so that one certain error doesn't make it infinite. Lower is better.
   *
   * @param scores probabilities of class 1
   */
  public static double logLoss(double[] scores, double[] labels) {
    LabelledScores.requireProbabilities(scores, labels);
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      double p = Math.min(Math.max(scores[i], CLIP), 1 - CLIP);
      sum -= labels[i] == 1 ? Math.log(p) : Math.log1p(-p);
    }
    return sum / scores.length;
  }

  /**
   * Brier score: {@code (1/n) Σ (p − y)²} (Brier, "Verification of forecasts expressed in terms of
   * probability", 1950). Between 0, the best, and 1.
   *
   * @param scores probabilities of class 1
   */
  public static double brier(double[] scores, double[] labels) {
    LabelledScores.requireProbabilities(scores, labels);
    return meanSquaredError(scores, labels);
  }

  /**
   * Brier skill score against always predicting the base rate of these same labels: {@code 1 −
   * brier / (r·(1−r))}. 1 is perfect, 0 is no better than the base rate, below 0 is worse.
   *
   * @param scores probabilities of class 1
   * @throws IllegalArgumentException also if all labels are alike: the base rate is then never
   *     wrong
   */
  public static double brierSkill(double[] scores, double[] labels) {
    return brierSkill(scores, labels, baseRate(labels));
  }

  /**
   * Brier skill score against always predicting a given rate, such as the base rate of the training
   * rows: {@code 1 − brier(scores) / brier(rate)}.
   *
   * @param scores probabilities of class 1
   * @param referenceRate the probability that the reference predicts for every row
   * @throws IllegalArgumentException also if the reference is never wrong, or is no probability
   */
  public static double brierSkill(double[] scores, double[] labels, double referenceRate) {
    double[] reference = new double[labels.length];
    Arrays.fill(reference, referenceRate);
    double referenceBrier = brier(reference, labels);
    if (referenceBrier == 0) {
      throw new IllegalArgumentException(
          "Brier skill needs a reference that errs, but all labels are %s and so is the reference; judge on more rows, or check the label"
              .formatted(referenceRate));
    }
    return 1 - brier(scores, labels) / referenceBrier;
  }

  /**
   * Predicted against observed, in ten bins of equal count (deciles of the score): for rare classes
   * bins of equal width would leave all but the first nearly empty. Rows of equal score share the
   * bin in which their middle falls, so counts differ where scores repeat, and a bin that nothing
   * falls into is left out.
   *
   * @param scores probabilities of class 1
   * @return at most ten bins by rising score
   */
  public static List<CalibrationBin> calibration(double[] scores, double[] labels) {
    LabelledScores.requireProbabilities(scores, labels);
    return calibration(new ThresholdSweep(scores, labels), CALIBRATION_BINS);
  }

  private static List<CalibrationBin> calibration(ThresholdSweep sweep, int bins) {
    int[] counts = new int[bins];
    int[] positives = new int[bins];
    double[] predicted = new double[bins];
    long rows = (long) sweep.positives() + sweep.negatives();
    long below = 0;
    for (int i = sweep.steps() - 1; i >= 0; i--) {
      int ones = sweep.truePositives(i) - sweep.truePositives(i - 1);
      int count = ones + sweep.falsePositives(i) - sweep.falsePositives(i - 1);
      int bin = (int) ((2 * below + count) * bins / (2 * rows));
      counts[bin] += count;
      positives[bin] += ones;
      predicted[bin] += count * sweep.score(i);
      below += count;
    }
    List<CalibrationBin> filled = new ArrayList<>();
    for (int bin = 0; bin < bins; bin++) {
      if (counts[bin] > 0) {
        double count = counts[bin];
        filled.add(new CalibrationBin(counts[bin], predicted[bin] / count, positives[bin] / count));
      }
    }
    return List.copyOf(filled);
  }

  /**
   * The ROC curve from (0, 0) to (1, 1), complete where it has at most 100 points, else thinned to
   * at most 100 spread evenly along it.
   *
   * @param scores any finite numbers; only their order counts
   * @throws IllegalArgumentException also if all labels are alike
   */
  public static List<RocPoint> rocPoints(double[] scores, double[] labels) {
    return rocPoints(new ThresholdSweep(scores, labels));
  }

  private static List<RocPoint> rocPoints(ThresholdSweep sweep) {
    LabelledScores.requireBothClasses("A ROC curve", sweep.positives(), sweep.negatives());
    List<RocPoint> points = new ArrayList<>();
    points.add(new RocPoint(0, 0));
    boolean everyPoint = sweep.steps() < ROC_POINTS;
    int lastSector = 0;
    for (int i = 0; i < sweep.steps() - 1; i++) {
      RocPoint point = new RocPoint(sweep.falsePositiveRate(i), sweep.truePositiveRate(i));
      int sector = sector(point);
      if (everyPoint || sector > lastSector) {
        points.add(point);
        lastSector = sector;
      }
    }
    points.add(new RocPoint(1, 1));
    return List.copyOf(points);
  }

  /** In which of 99 equal lengths of the way from (0, 0) to (1, 1), by x plus y, a point lies. */
  private static int sector(RocPoint point) {
    int sectors = ROC_POINTS - 1;
    double way = (point.falsePositiveRate() + point.truePositiveRate()) / 2;
    return Math.min((int) (way * sectors), sectors - 1);
  }

  static double meanSquaredError(double[] scores, double[] labels) {
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      double error = scores[i] - labels[i];
      sum += error * error;
    }
    return sum / scores.length;
  }
}
