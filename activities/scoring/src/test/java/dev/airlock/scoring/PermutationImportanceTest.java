package dev.airlock.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PermutationImportanceTest {

  private final double[][] columns = new double[3][2_000];
  private final double[] labels = new double[2_000];

  /** The label is three times the first plus the second; the third says nothing. */
  PermutationImportanceTest() {
    Random random = new Random(5);
    for (int row = 0; row < labels.length; row++) {
      for (double[] column : columns) {
        column[row] = random.nextGaussian();
      }
      labels[row] = 3 * columns[0][row] + columns[1][row] + random.nextGaussian() / 10;
    }
  }

  private PermutationImportance importance(Measure measure) {
    ScoringModel model =
        new ScoringModel(
            Task.REGRESSION,
            "linear_regression",
            "y",
            List.of("much", "little", "nothing"),
            new LinearRegression(new double[] {3, 1, 0}, 0));
    return new PermutationImportance(model, columns, labels, measure);
  }

  @Test
  void shouldKnowWhatAFeatureIsWorth() {
    PermutationImportance rmse = importance(Measure.RMSE);
    // A shuffled column is independent of itself: the error grows to √(2·9 + 0.01) and √(2 + 0.01).
    assertEquals(Math.sqrt(18.01) - 0.1, rmse.of(0, 5).difference(), 0.15);
    assertEquals(Math.sqrt(2.01) - 0.1, rmse.of(1, 5).difference(), 0.06);
    assertEquals(0, rmse.of(2, 5).difference());
  }

  @Test
  void shouldSayHowSureItIs() {
    PairedDifference much = importance(Measure.MAE).of(0, 5);
    assertTrue(much.low() > 0 && much.low() < much.difference() && much.high() > much.difference());
  }

  @Test
  void shouldLeaveTheColumnsAsTheyAreAndShuffleAlike() {
    double[] before = columns[0].clone();
    PermutationImportance rmse = importance(Measure.RMSE);
    assertEquals(rmse.of(0, 3), rmse.of(0, 3));
    assertTrue(Arrays.equals(before, columns[0]));
  }

  @Test
  void shouldRefuseAMeasureWithoutAPairedDifference() {
    assertThrows(IllegalArgumentException.class, () -> importance(Measure.BRIER_SKILL).of(0, 1));
  }
}
