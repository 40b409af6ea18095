package dev.airlock.scoring;

import java.util.Set;

/**
 * Binomial logistic regression: {@code 1 / (1 + exp(-margin))} with {@code margin = intercept + Σ
 * coefficientᵢ · featureᵢ}, as in Spark MLlib's {@code LogisticRegressionModel} of family binomial.
 *
 * <p>The coefficients are on the scale of the raw features, which is where Spark reports them.
 */
public final class LogisticRegression implements Predictor {
  private final LinearRegression margin;

  /**
   * Copies the coefficients.
   *
   * @throws IllegalArgumentException if there is no coefficient, or a number is NaN or infinite
   */
  public LogisticRegression(double[] coefficients, double intercept) {
    this.margin = new LinearRegression(coefficients, intercept);
  }

  /** A copy of the coefficients, one a feature: the change in log odds for a change of one. */
  public double[] coefficients() {
    return margin.coefficients();
  }

  /** The log odds when every feature is 0. */
  public double intercept() {
    return margin.intercept();
  }

  @Override
  public double predict(double[] features) {
    return sigmoid(margin.predict(features));
  }

  @Override
  public int width() {
    return margin.width();
  }

  @Override
  public Set<Task> tasks() {
    return Set.of(Task.BINARY_CLASSIFICATION);
  }

  /**
   * {@code 1 / (1 + exp(-margin))}, in the form whose exponential never overflows, so that a very
   * negative margin keeps its tiny probability.
   */
  static double sigmoid(double margin) {
    if (margin >= 0) {
      return 1 / (1 + Math.exp(-margin));
    }
    double odds = Math.exp(margin);
    return odds / (1 + odds);
  }
}
