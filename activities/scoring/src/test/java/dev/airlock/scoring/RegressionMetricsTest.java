package dev.airlock.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class RegressionMetricsTest {
  private static final double[] LABELS = {1, 2, 3, 6};

  @Test
  void shouldMeasureErrorsInTheUnitOfTheLabel() {
    RegressionEvaluation evaluation = RegressionMetrics.evaluate(new double[] {1, 2, 3, 2}, LABELS);
    assertEquals(new RegressionEvaluation(4, 3, 2, 1, 1 - 16.0 / 14), evaluation);
  }

  @Test
  void shouldHaveNoR2WhenPredictingTheMean() {
    assertEquals(0, RegressionMetrics.r2(new double[] {3, 3, 3, 3}, LABELS), 0.0);
    assertEquals(1, RegressionMetrics.r2(LABELS, LABELS), 0.0);
  }

  @Test
  void shouldThrowWhereANumberWouldMeanNothing() {
    double[] alike = {2, 2};
    double[] some = {1, 3};
    double[] nan = {1, Double.NaN};
    assertThrows(IllegalArgumentException.class, () -> RegressionMetrics.r2(some, alike));
    assertThrows(IllegalArgumentException.class, () -> RegressionMetrics.rmse(nan, some));
    assertThrows(IllegalArgumentException.class, () -> RegressionMetrics.mae(some, nan));
    assertThrows(IllegalArgumentException.class, () -> RegressionMetrics.mae(some, LABELS));
    assertThrows(
        IllegalArgumentException.class, () -> RegressionMetrics.rmse(new double[0], new double[0]));
    double[] huge = {1e200, -1e200};
    assertThrows(IllegalArgumentException.class, () -> RegressionMetrics.rmse(huge, some));
    assertEquals(2, RegressionMetrics.rmse(new double[] {3, 5}, some), 0.0);
  }
}
