package dev.airlock.scoring;

import java.util.List;

/** A figure that says how well scores foretell what came true. */
public enum Measure {
  /** {@link BinaryMetrics#auc}. */
  AUC(Task.BINARY_CLASSIFICATION, true),
  /** {@link BinaryMetrics#prAuc}. */
  PR_AUC(Task.BINARY_CLASSIFICATION, true),
  /** {@link BinaryMetrics#logLoss}. */
  LOG_LOSS(Task.BINARY_CLASSIFICATION, false),
  /** {@link BinaryMetrics#brier}. */
  BRIER(Task.BINARY_CLASSIFICATION, false),
  /** {@link BinaryMetrics#brierSkill(double[], double[])}. */
  BRIER_SKILL(Task.BINARY_CLASSIFICATION, true),
  /** {@link RegressionMetrics#rmse}. */
  RMSE(Task.REGRESSION, false),
  /** {@link RegressionMetrics#mae}. */
  MAE(Task.REGRESSION, false);

  private final Task task;
  private final boolean higherIsBetter;

  Measure(Task task, boolean higherIsBetter) {
    this.task = task;
    this.higherIsBetter = higherIsBetter;
  }

  public boolean isHigherBetter() {
    return higherIsBetter;
  }

  /** Those of a task, in the order in which {@link WeightedFigures} gives them. */
  public static List<Measure> of(Task task) {
    return task == Task.BINARY_CLASSIFICATION
        ? List.of(AUC, PR_AUC, LOG_LOSS, BRIER, BRIER_SKILL)
        : List.of(RMSE, MAE);
  }

  /** The task whose scores it judges. */
  public Task task() {
    return task;
  }
}
