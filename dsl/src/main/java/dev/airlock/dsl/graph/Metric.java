package dev.airlock.dsl.graph;

import dev.airlock.dsl.graph.Requirement.Comparison;

/** A figure that a candidate is chosen or judged by. */
public enum Metric {
  /** Area under the ROC curve. */
  AUC(true, true),
  /** Area under the precision-recall curve, as average precision. */
  PR_AUC(true, true),
  /** Mean negative log likelihood, natural logarithm. */
  LOG_LOSS(true, false),
  /** Mean squared error of the probability (Brier 1950). */
  BRIER(true, false),
  /** One minus Brier over the Brier score of always saying the base rate. */
  BRIER_SKILL(true, true),
  /** Root of the mean squared error, in the label's unit. */
  RMSE(false, false),
  /** Mean absolute error, in the label's unit. */
  MAE(false, false);

  private final boolean forClassifiers;
  private final boolean higherIsBetter;

  Metric(boolean forClassifiers, boolean higherIsBetter) {
    this.forClassifiers = forClassifiers;
    this.higherIsBetter = higherIsBetter;
  }

  public boolean isForClassifiers() {
    return forClassifiers;
  }

  public boolean isHigherBetter() {
    return higherIsBetter;
  }

  public Requirement atLeast(double bound) {
    return new Requirement(this, Comparison.AT_LEAST, bound);
  }

  public Requirement atMost(double bound) {
    return new Requirement(this, Comparison.AT_MOST, bound);
  }

  /**
   * At most the champion's figure on the same rows plus {@code margin}; holds where there is no
   * champion yet.
   */
  public Requirement notAboveChampionBy(double margin) {
    return new Requirement(this, Comparison.NOT_ABOVE_CHAMPION_BY, margin);
  }

  /**
   * At least the champion's figure on the same rows less {@code margin}; holds where there is no
   * champion yet.
   */
  public Requirement notBelowChampionBy(double margin) {
    return new Requirement(this, Comparison.NOT_BELOW_CHAMPION_BY, margin);
  }
}
