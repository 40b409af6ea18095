package dev.airlock.scoring;

import java.util.Set;

/**
 * Linear regression: {@code intercept + Σ coefficientᵢ · featureᵢ}.
 *
 * <p>The coefficients are on the scale of the raw features, which is where Spark MLlib's {@code
 * LinearRegressionModel} reports them even when it standardised the columns to train.
 */
public final class LinearRegression implements Predictor {
  private final double[] coefficients;
  private final double intercept;

  /**
   * Copies the coefficients.
   *
   * @throws IllegalArgumentException if there is no coefficient, or a number is NaN or infinite
   */
  public LinearRegression(double[] coefficients, double intercept) {
    Finite.requireSome("coefficients", coefficients);
    this.coefficients = coefficients.clone();
    this.intercept = Finite.require("intercept", intercept);
  }

  /** A copy of the coefficients, one a feature. */
  public double[] coefficients() {
    return coefficients.clone();
  }

  /** The prediction when every feature is 0. */
  public double intercept() {
    return intercept;
  }

  @Override
  public double predict(double[] features) {
    double sum = intercept;
    for (int i = 0; i < coefficients.length; i++) {
      sum += coefficients[i] * features[i];
    }
    return sum;
  }

  @Override
  public int width() {
    return coefficients.length;
  }

  @Override
  public Set<Task> tasks() {
    return Set.of(Task.REGRESSION);
  }
}
