package dev.airlock.dsl;

import dev.airlock.dsl.graph.Metric;

/**
 * The figures that candidates are chosen and judged by, to be imported statically: {@code
 * AUC.atLeast(0.70)}.
 */
public final class Metrics {

  /** Area under the ROC curve. */
  public static final Metric AUC = Metric.AUC;

  /** Area under the precision-recall curve, as average precision. */
  public static final Metric PR_AUC = Metric.PR_AUC;

  /** Mean negative log likelihood, natural logarithm. */
  public static final Metric LOG_LOSS = Metric.LOG_LOSS;

  /** Mean squared error of the probability. */
  public static final Metric BRIER = Metric.BRIER;

  /** One minus Brier over the Brier score of always saying the base rate. */
  public static final Metric BRIER_SKILL = Metric.BRIER_SKILL;

  /** Root of the mean squared error, in the label's unit. */
  public static final Metric RMSE = Metric.RMSE;

  /** Mean absolute error, in the label's unit. */
  public static final Metric MAE = Metric.MAE;

  private Metrics() {}
}
