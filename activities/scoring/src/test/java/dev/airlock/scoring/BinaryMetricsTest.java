package dev.airlock.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BinaryMetricsTest {
  private static final double[] ONES = {1, 1, 1};
  private static final double[] SOME = {0.2, 0.4, 0.9};

  /** Rows of both classes; few levels make many ties. */
  private static final class Rows {
    final double[] scores;
    final double[] labels;

    Rows(double[] scores, double[] labels) {
      this.scores = scores;
      this.labels = labels;
    }

    static Rows random(long seed, int size, int levels) {
      Random random = new Random(seed);
      double[] scores = new double[size];
      double[] labels = new double[size];
      for (int i = 0; i < size; i++) {
        scores[i] = random.nextInt(levels + 1) / (double) levels;
        labels[i] = i < 2 ? i : random.nextInt(2);
      }
      return new Rows(scores, labels);
    }

    Rows shuffled(long seed) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, size()).boxed().toList());
      Collections.shuffle(order, new Random(seed));
      return new Rows(
          order.stream().mapToDouble(i -> scores[i]).toArray(),
          order.stream().mapToDouble(i -> labels[i]).toArray());
    }

    int size() {
      return scores.length;
    }
  }

  @Property
  void shouldCountEveryPairForAuc(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 120) int size,
      @ForAll @IntRange(min = 1, max = 1000) int levels) {
    Rows rows = Rows.random(seed, size, levels);
    double wins = 0;
    double pairs = 0;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        if (rows.labels[i] == 1 && rows.labels[j] == 0) {
          pairs++;
          wins += 0.5 * (1 + Math.signum(rows.scores[i] - rows.scores[j]));
        }
      }
    }
    assertEquals(wins / pairs, BinaryMetrics.auc(rows.scores, rows.labels), 1e-12);
  }

  /** Average precision from each row of class 1 alone: the precision at its own score. */
  @Property
  void shouldAverageThePrecisionAtEveryPositive(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 120) int size,
      @ForAll @IntRange(min = 1, max = 1000) int levels) {
    Rows rows = Rows.random(seed, size, levels);
    double sum = 0;
    double positives = 0;
    for (int i = 0; i < size; i++) {
      if (rows.labels[i] == 1) {
        double threshold = rows.scores[i];
        double above = Arrays.stream(rows.scores).filter(score -> score >= threshold).count();
        double found =
            IntStream.range(0, size)
                .filter(j -> rows.scores[j] >= threshold && rows.labels[j] == 1)
                .count();
        sum += found / above;
        positives++;
      }
    }
    assertEquals(sum / positives, BinaryMetrics.prAuc(rows.scores, rows.labels), 1e-12);
  }

  @Property
  void shouldNotDependOnTheOrderOfRows(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 300) int size,
      @ForAll @IntRange(min = 1, max = 1000) int levels) {
    Rows rows = Rows.random(seed, size, levels);
    Rows shuffled = rows.shuffled(seed);
    BinaryEvaluation one = BinaryMetrics.evaluate(rows.scores, rows.labels);
    BinaryEvaluation other = BinaryMetrics.evaluate(shuffled.scores, shuffled.labels);
    assertEquals(one.auc(), other.auc(), 0.0);
    assertEquals(one.prAuc(), other.prAuc(), 0.0);
    assertEquals(one.calibration(), other.calibration());
    assertEquals(one.roc(), other.roc());
    assertEquals(one.brier(), other.brier(), 1e-12);
    assertEquals(one.logLoss(), other.logLoss(), 1e-12);
  }

  @Property
  void shouldKeepEveryRowInACalibrationBin(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 500) int size,
      @ForAll @IntRange(min = 1, max = 1000) int levels) {
    Rows rows = Rows.random(seed, size, levels);
    List<CalibrationBin> bins = BinaryMetrics.calibration(rows.scores, rows.labels);
    assertTrue(bins.size() <= 10);
    assertEquals(size, bins.stream().mapToInt(CalibrationBin::count).sum());
    assertEquals(
        Arrays.stream(rows.scores).sum(),
        bins.stream().mapToDouble(bin -> bin.count() * bin.meanPredicted()).sum(),
        1e-9);
    assertEquals(
        Arrays.stream(rows.labels).sum(),
        bins.stream().mapToDouble(bin -> bin.count() * bin.observedRate()).sum(),
        1e-9);
    for (int i = 1; i < bins.size(); i++) {
      assertTrue(bins.get(i - 1).meanPredicted() < bins.get(i).meanPredicted());
    }
  }

  @Test
  void shouldFillTenBinsEquallyWhenScoresDiffer() {
    double[] scores = IntStream.range(0, 50).mapToDouble(i -> (49 - i) / 49.0).toArray();
    double[] labels = IntStream.range(0, 50).mapToDouble(i -> i < 10 ? 1 : 0).toArray();
    List<CalibrationBin> bins = BinaryMetrics.calibration(scores, labels);
    assertEquals(10, bins.size());
    bins.forEach(bin -> assertEquals(5, bin.count()));
    assertEquals(47 / 49.0, bins.get(9).meanPredicted(), 1e-15);
    assertEquals(1, bins.get(9).observedRate(), 0.0);
    assertEquals(0, bins.get(7).observedRate(), 0.0);
  }

  @Test
  void shouldPutRowsOfEqualScoreIntoTheBinOfTheirMiddle() {
    double[] scores = new double[20];
    Arrays.fill(scores, 1, 4, 0.5);
    Arrays.fill(scores, 4, 20, 0.75);
    List<CalibrationBin> bins = BinaryMetrics.calibration(scores, new double[20]);
    assertEquals(
        List.of(
            new CalibrationBin(1, 0, 0),
            new CalibrationBin(3, 0.5, 0),
            new CalibrationBin(16, 0.75, 0)),
        bins);
  }

  @Property
  void shouldThinTheRocCurveWithoutBendingIt(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 3000) int size) {
    Rows rows = Rows.random(seed, size, 1_000_000);
    List<RocPoint> roc = BinaryMetrics.rocPoints(rows.scores, rows.labels);
    assertTrue(roc.size() <= 100, () -> roc.size() + " points");
    assertEquals(new RocPoint(0, 0), roc.get(0));
    assertEquals(new RocPoint(1, 1), roc.get(roc.size() - 1));
    double area = 0;
    for (int i = 1; i < roc.size(); i++) {
      double width = roc.get(i).falsePositiveRate() - roc.get(i - 1).falsePositiveRate();
      double height = roc.get(i).truePositiveRate() + roc.get(i - 1).truePositiveRate();
      assertTrue(width >= 0);
      area += width * height / 2;
    }
    assertEquals(BinaryMetrics.auc(rows.scores, rows.labels), area, 0.01);
  }

  @Test
  void shouldKeepTheWholeRocCurveWhenItIsSmall() {
    double[] labels = {0, 1, 0, 1};
    double[] scores = {0.1, 0.4, 0.4, 0.8};
    assertEquals(
        List.of(new RocPoint(0, 0), new RocPoint(0, 0.5), new RocPoint(0.5, 1), new RocPoint(1, 1)),
        BinaryMetrics.rocPoints(scores, labels));
    assertEquals(0.875, BinaryMetrics.auc(scores, labels), 0.0);
  }

  @Test
  void shouldTreatZeroAndMinusZeroAsOneScore() {
    assertEquals(0.5, BinaryMetrics.auc(new double[] {0.0, -0.0}, new double[] {1, 0}), 0.0);
    assertEquals(0.5, BinaryMetrics.auc(new double[] {-0.0, 0.0}, new double[] {1, 0}), 0.0);
  }

  @Test
  void shouldStayExactWhenPairsExceedAnInt() {
    int size = 400_000;
    double[] scores = IntStream.range(0, size).mapToDouble(i -> i).toArray();
    double[] labels = IntStream.range(0, size).mapToDouble(i -> i < size / 2 ? 0 : 1).toArray();
    assertEquals(1, BinaryMetrics.auc(scores, labels), 0.0);
    assertEquals(1, BinaryMetrics.prAuc(scores, labels), 0.0);
  }

  @Test
  void shouldClipCertainErrorsInLogLoss() {
    double worst = BinaryMetrics.logLoss(new double[] {0}, new double[] {1});
    assertEquals(-Math.log(1e-15), worst, 1e-9);
    assertEquals(worst, BinaryMetrics.logLoss(new double[] {1}, new double[] {0}), 0.2);
    assertEquals(0, BinaryMetrics.logLoss(new double[] {1}, new double[] {1}), 1e-14);
  }

  @Test
  void shouldMeasureSkillAgainstTheReference() {
    double[] labels = {1, 0, 0, 0};
    double[] baseRate = {0.25, 0.25, 0.25, 0.25};
    assertEquals(0.25, BinaryMetrics.baseRate(labels), 0.0);
    assertEquals(0, BinaryMetrics.brierSkill(baseRate, labels), 1e-15);
    assertEquals(1, BinaryMetrics.brierSkill(labels, labels), 0.0);
    assertEquals(0.25, BinaryMetrics.brierSkill(baseRate, labels, 0.5), 1e-15);
  }

  @Test
  void shouldThrowWhereOneClassLeavesNothingToMeasure() {
    assertRefused(
        "AUC needs rows of both classes, but all labels are 1",
        () -> BinaryMetrics.auc(SOME, ONES));
    assertRefused("PR-AUC needs rows of both", () -> BinaryMetrics.prAuc(SOME, new double[3]));
    assertRefused("all labels are 0", () -> BinaryMetrics.rocPoints(SOME, new double[3]));
    assertRefused("Brier skill needs", () -> BinaryMetrics.brierSkill(SOME, ONES));
    assertRefused("both classes", () -> BinaryMetrics.evaluate(SOME, ONES));
    assertEquals((0.64 + 0.36 + 0.01) / 3, BinaryMetrics.brier(SOME, ONES), 1e-12);
  }

  @Test
  void shouldThrowWhenInputsAreNotScoresAndClasses() {
    double[] nan = {0.1, Double.NaN, 0.3};
    double[] labels = {0, 1, 1};
    assertRefused("scores[1] is NaN", () -> BinaryMetrics.auc(nan, labels));
    assertRefused("labels[1] is NaN", () -> BinaryMetrics.brier(SOME, nan));
    assertRefused("labels[2] is 2.0", () -> BinaryMetrics.auc(SOME, new double[] {0, 1, 2}));
    assertRefused("3 scores came with 2", () -> BinaryMetrics.auc(SOME, new double[2]));
    assertRefused("no rows", () -> BinaryMetrics.auc(new double[0], new double[0]));
    assertRefused("no rows", () -> BinaryMetrics.baseRate(new double[0]));
    double[] beyond = {0, 1, 1.5};
    assertRefused("scores[2] is 1.5", () -> BinaryMetrics.logLoss(beyond, labels));
    assertRefused("scores[2] is 1.5", () -> BinaryMetrics.calibration(beyond, labels));
  }

  private static void assertRefused(String reason, Executable call) {
    Exception refused = assertThrows(IllegalArgumentException.class, call);
    assertTrue(String.valueOf(refused.getMessage()).contains(reason), refused::toString);
  }
}
