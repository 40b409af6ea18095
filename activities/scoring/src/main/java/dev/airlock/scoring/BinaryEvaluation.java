package dev.airlock.scoring;

import java.util.List;

/**
 * How well a classifier did on a set of rows; the formulas are in {@link BinaryMetrics}.
 *
 * @param count how many rows were judged
 * @param positives how many of them are of class 1
 * @param baseRate the share of class 1, 0 to 1
 * @param auc area under the ROC curve, 0 to 1; 0.5 is chance
 * @param prAuc average precision, 0 to 1; the base rate is chance
 * @param logLoss in nats a row; lower is better
 * @param brier mean squared error of the probability, 0 to 1; lower is better
 * @param brierSkill what the Brier score gains on always predicting the base rate; 1 is perfect, 0
 *     is nothing gained
 * @param calibration predicted against observed in up to ten bins of equal count, by rising score
 * @param roc at most 100 points of the ROC curve, from (0, 0) to (1, 1)
 */
public record BinaryEvaluation(
    int count,
    int positives,
    double baseRate,
    double auc,
    double prAuc,
    double logLoss,
    double brier,
    double brierSkill,
    List<CalibrationBin> calibration,
    List<RocPoint> roc) {

  /** Copies the lists. */
  public BinaryEvaluation {
    calibration = List.copyOf(calibration);
    roc = List.copyOf(roc);
  }
}
