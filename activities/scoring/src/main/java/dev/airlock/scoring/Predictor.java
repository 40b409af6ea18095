package dev.airlock.scoring;

import java.util.Set;

/**
 * The arithmetic of a trained model: a function from a vector of features to one number.
 *
 * <p>Predictors are immutable and safe to share between threads, and {@link #predict} allocates
 * nothing. Splits on categorical features are not supported: encode categories as numeric columns
 * before training.
 */
public sealed interface Predictor
    permits DecisionTree, LinearRegression, LogisticRegression, TreeEnsemble {

  /**
   * Predicts for one row.
   *
   * @param features finite numbers in the order the model was trained with, at least {@link #width}
   *     of them; {@link ScoringModel#score(double[])} checks this, a predictor does not
   */
  double predict(double[] features);

  /** How many features, from the first on, the predictor may read. */
  int width();

  /** The tasks for which {@link #predict} gives the score that {@link Task} promises. */
  Set<Task> tasks();
}
