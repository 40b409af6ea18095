package dev.airlock.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class ThresholdsTest {

  private static final double[] SCORES = {0.9, 0.8, 0.8, 0.4, 0.2, 0.1};
  private static final double[] LABELS = {1, 1, 0, 1, 0, 0};

  @Test
  void shouldCountWhatIsRightAndWrongFromAThresholdOn() {
    List<Confusion> found =
        Thresholds.confusions(SCORES, LABELS, new double[] {0, 0.4, 0.8, 0.85, 1});
    assertEquals(new Confusion(0, 3, 3, 0, 0), found.get(0));
    assertEquals(new Confusion(0.4, 3, 1, 2, 0), found.get(1));
    assertEquals(new Confusion(0.8, 2, 1, 2, 1), found.get(2));
    assertEquals(new Confusion(0.85, 1, 0, 3, 2), found.get(3));
    assertEquals(new Confusion(1, 0, 0, 3, 3), found.get(4));
  }

  @Test
  void shouldFindTheThresholdOfTheLargestF1() {
    // 0.4: precision 3/4, recall 1.
    assertEquals(0.4, Thresholds.bestByF1(SCORES, LABELS));
  }

  @Test
  void shouldAddUpWhatErrorsCost() {
    double[] costs = Thresholds.costs(SCORES, LABELS, 0.8, 2, 40);
    assertArrayEquals(new double[] {0, 0, 2, 40, 0, 0}, costs);
    Confusion confusion = Thresholds.confusions(SCORES, LABELS, new double[] {0.8}).get(0);
    assertEquals(7.0, confusion.cost(2, 40));
    assertEquals(Arrays.stream(costs).sum() / 6, confusion.cost(2, 40));
  }

  @Property(tries = 100)
  void shouldLookAtFewThresholdsFromAllYesToTheSurestAndAtTheChosenOne(
      @ForAll @LongRange(min = 0) long seed, @ForAll @IntRange(min = 1, max = 5_000) int rows) {
    Random random = new Random(seed);
    double[] rare = random.doubles(rows).map(u -> Math.pow(u, 8)).toArray();
    double[] other = random.doubles(rows).toArray();
    double chosen = 0.123456789;
    double[] found = Thresholds.among(List.of(rare, other), chosen);
    assertTrue(found.length <= Thresholds.MOST, found.length + " thresholds");
    assertEquals(0, found[0]);
    assertEquals(1, found[found.length - 1]);
    assertTrue(Arrays.binarySearch(found, chosen) >= 0);
    for (int i = 1; i < found.length; i++) {
      assertTrue(found[i] > found[i - 1], "rising");
    }
  }
}
