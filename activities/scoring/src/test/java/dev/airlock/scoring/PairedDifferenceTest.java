package dev.airlock.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.scoring.drift.Fixtures;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class PairedDifferenceTest {
  private final JsonNode fixture = Fixtures.read().path("paired");
  private final double[] first = Fixtures.numbers(fixture, "first");
  private final double[] second = Fixtures.numbers(fixture, "second");
  private final double[] labels = Fixtures.numbers(fixture, "labels");

  @Test
  void shouldAgreeWithNumPy() {
    assertAgrees("brier", PairedDifference.brier(first, second, labels));
    assertAgrees("logLoss", PairedDifference.logLoss(first, second, labels));
    assertAgrees("auc", PairedDifference.auc(first, second, labels));
    Interval auc = BinaryMetrics.aucInterval(first, labels);
    assertArrayEquals(
        Fixtures.numbers(fixture, "aucInterval"),
        new double[] {BinaryMetrics.auc(first, labels), auc.low(), auc.high()},
        1e-12);
  }

  private void assertAgrees(String name, PairedDifference ours) {
    assertArrayEquals(
        Fixtures.numbers(fixture, name),
        new double[] {ours.difference(), ours.low(), ours.high()},
        1e-12,
        name);
  }

  @Property(tries = 200)
  void shouldBeTheDifferenceOfTheTwoFigures(
      @ForAll long seed,
      @ForAll @IntRange(min = 4, max = 200) int size,
      @ForAll @IntRange(min = 1, max = 300) int levels) {
    double[] one = scores(seed, size, levels);
    double[] other = scores(seed + 1, size, levels);
    double[] outcomes = outcomes(size);
    assertDifference(
        BinaryMetrics.brier(one, outcomes) - BinaryMetrics.brier(other, outcomes),
        PairedDifference.brier(one, other, outcomes));
    assertDifference(
        BinaryMetrics.logLoss(one, outcomes) - BinaryMetrics.logLoss(other, outcomes),
        PairedDifference.logLoss(one, other, outcomes));
    assertDifference(
        BinaryMetrics.auc(one, outcomes) - BinaryMetrics.auc(other, outcomes),
        PairedDifference.auc(one, other, outcomes));
  }

  private static void assertDifference(double expected, PairedDifference paired) {
    assertEquals(expected, paired.difference(), 1e-9);
    assertTrue(paired.low() <= paired.difference() && paired.difference() <= paired.high());
  }

  @Test
  void shouldTurnRoundWithTheModels() {
    PairedDifference there = PairedDifference.auc(first, second, labels);
    PairedDifference back = PairedDifference.auc(second, first, labels);
    assertEquals(there.difference(), -back.difference(), 1e-12);
    assertEquals(there.low(), -back.high(), 1e-12);
  }

  @Test
  void shouldBeSureThatAModelIsItself() {
    assertEquals(new PairedDifference(0, 0, 0), PairedDifference.brier(first, first, labels));
    assertEquals(new PairedDifference(0, 0, 0), PairedDifference.auc(first, first, labels));
  }

  /** 95 % by its definition: of models that are equally good, one in twenty seems to differ. */
  @Test
  void shouldHoldTheTruthNineteenTimesOfTwenty() {
    int brier = 0;
    int auc = 0;
    int area = 0;
    int tries = 1000;
    for (int seed = 0; seed < tries; seed++) {
      double[] one = scores(seed, 300, 1_000_000);
      double[] other = scores(seed + 7_000_000L, 300, 1_000_000);
      double[] outcomes = outcomes(300);
      brier += holds(PairedDifference.brier(one, other, outcomes)) ? 1 : 0;
      auc += holds(PairedDifference.auc(one, other, outcomes)) ? 1 : 0;
      Interval interval = BinaryMetrics.aucInterval(one, outcomes);
      area += interval.low() <= 0.5 && interval.high() >= 0.5 ? 1 : 0;
    }
    assertNearly(0.95 * tries, brier);
    assertNearly(0.95 * tries, auc);
    assertNearly(0.95 * tries, area);
  }

  private static boolean holds(PairedDifference difference) {
    return difference.low() <= 0 && difference.high() >= 0;
  }

  private static void assertNearly(double expected, int counted) {
    assertEquals(expected, counted, 25, counted + " intervals hold the truth");
  }

  @Test
  void shouldRefuseWhatLeavesNothingToCompare() {
    double[] two = {0.1, 0.2};
    assertRefused(
        "There is 1 row",
        () -> PairedDifference.brier(new double[] {1}, new double[] {1}, new double[] {1}));
    assertRefused(
        "there are 1 of class 1 and 1 of class 0",
        () -> PairedDifference.auc(two, two, new double[] {0, 1}));
    assertRefused(
        "2 scores came with 3 labels",
        () -> PairedDifference.brier(new double[3], two, new double[3]));
    assertRefused(
        "scores[1] is NaN",
        () -> BinaryMetrics.aucInterval(new double[] {0, Double.NaN}, new double[] {0, 1}));
  }

  private static void assertRefused(String reason, Executable call) {
    Exception refused = assertThrows(IllegalArgumentException.class, call);
    assertTrue(String.valueOf(refused.getMessage()).contains(reason), refused::toString);
  }

  private static double[] scores(long seed, int size, int levels) {
    Random random = new Random(seed);
    return random.ints(size, 0, levels + 1).mapToDouble(level -> level / (double) levels).toArray();
  }

  private static double[] outcomes(int size) {
    double[] outcomes = new double[size];
    for (int i = 0; i < size; i++) {
      outcomes[i] = i % 2;
    }
    return outcomes;
  }
}
