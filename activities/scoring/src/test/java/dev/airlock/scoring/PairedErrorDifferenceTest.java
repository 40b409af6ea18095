package dev.airlock.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PairedErrorDifferenceTest {

  private static final double[] LABELS = {10, 20, 30, 40};

  @Test
  void shouldBeTheDifferenceOfTheTwoFigures() {
    double[] first = {11, 18, 33, 41};
    double[] second = {14, 20, 26, 47};

    assertEquals(
        RegressionMetrics.rmse(first, LABELS) - RegressionMetrics.rmse(second, LABELS),
        PairedDifference.rmse(first, second, LABELS).difference(),
        1e-12);
    assertEquals(
        RegressionMetrics.mae(first, LABELS) - RegressionMetrics.mae(second, LABELS),
        PairedDifference.mae(first, second, LABELS).difference(),
        1e-12);
  }

  @Test
  void shouldHaveNoIntervalBetweenAModelAndItself() {
    double[] scores = {11, 18, 33, 41};
    assertEquals(
        new PairedDifference(0, 0, 0), PairedDifference.rmse(scores, scores.clone(), LABELS));
    assertEquals(
        new PairedDifference(0, 0, 0), PairedDifference.mae(scores, scores.clone(), LABELS));
    assertEquals(
        new PairedDifference(0, 0, 0),
        PairedDifference.rmse(LABELS.clone(), LABELS.clone(), LABELS));
  }

  /** Against the spread that drawing rows anew shows, the plain way to an interval. */
  @Test
  void shouldReachAsFarAsABootstrapDoes() {
    Random random = new Random(11);
    int rows = 400;
    double[][] columns = new double[3][rows];
    for (int i = 0; i < rows; i++) {
      double label = random.nextGaussian() * 10;
      columns[0][i] = label + random.nextGaussian() * 3;
      columns[1][i] = label + random.nextGaussian() * 4;
      columns[2][i] = label;
    }
    requireBootstrap(PairedDifference::rmse, columns, random);
    requireBootstrap(PairedDifference::mae, columns, random);
  }

  @Test
  void shouldRefuseASingleRow() {
    double[] one = {1};
    assertThrows(IllegalArgumentException.class, () -> PairedDifference.rmse(one, one, one));
    assertThrows(IllegalArgumentException.class, () -> PairedDifference.mae(one, one, one));
  }

  private static void requireBootstrap(Figure figure, double[][] columns, Random random) {
    PairedDifference found = figure.of(columns[0], columns[1], columns[2]);
    double[] drawn = new double[2_000];
    for (int draw = 0; draw < drawn.length; draw++) {
      double[][] rows = new double[3][columns[0].length];
      for (int i = 0; i < columns[0].length; i++) {
        int row = random.nextInt(columns[0].length);
        for (int column = 0; column < 3; column++) {
          rows[column][i] = columns[column][row];
        }
      }
      drawn[draw] = figure.of(rows[0], rows[1], rows[2]).difference();
    }
    Arrays.sort(drawn);
    double reach = (drawn[1_949] - drawn[50]) / 2;
    double own = (found.high() - found.low()) / 2;
    assertTrue(Math.abs(own / reach - 1) < 0.1, own + " beside " + reach);
    assertEquals(found.difference(), (found.low() + found.high()) / 2, 1e-12);
  }

  @FunctionalInterface
  private interface Figure {
    PairedDifference of(double[] first, double[] second, double[] labels);
  }
}
