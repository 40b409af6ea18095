package dev.airlock.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class BootstrapTest {

  /** Probabilities, and labels that come true as often as they say. */
  private static final class Rows {
    private final double[] scores;
    private final double[] labels;

    Rows(double[] scores, double[] labels) {
      this.scores = scores;
      this.labels = labels;
    }

    static Rows of(long seed, int count) {
      Random random = new Random(seed);
      double[] scores = random.doubles(count).map(u -> Math.round(u * u * 200) / 200.0).toArray();
      double[] labels = Arrays.stream(scores).map(p -> random.nextDouble() < p ? 1 : 0).toArray();
      labels[0] = 1;
      labels[1] = 1;
      labels[2] = 0;
      labels[3] = 0;
      return new Rows(scores, labels);
    }

    Bootstrap drawn(int times) {
      return new Bootstrap(Task.BINARY_CLASSIFICATION, labels, times);
    }
  }

  @Property(tries = 60)
  void shouldHoldTheFigureItself(
      @ForAll @LongRange(min = 0) long seed, @ForAll @IntRange(min = 4, max = 300) int count) {
    Rows rows = Rows.of(seed, count);
    ResampledFigures figures = rows.drawn(100).figures(rows.scores);
    for (Measure measure : figures.measures()) {
      Resampled resampled = figures.of(measure);
      Interval interval = resampled.interval();
      assertTrue(interval.low() <= resampled.figure(), measure + " " + interval);
      assertTrue(interval.high() >= resampled.figure(), measure + " " + interval);
    }
  }

  @Property(tries = 30)
  void shouldDrawTheSameForTheSameRows(@ForAll @LongRange(min = 0) long seed) {
    Rows rows = Rows.of(seed, 120);
    Interval first = rows.drawn(100).figures(rows.scores).of(Measure.PR_AUC).interval();
    Interval again = rows.drawn(100).figures(rows.scores).of(Measure.PR_AUC).interval();
    assertEquals(first, again);
  }

  @Property(tries = 30)
  void shouldMeasureTheRowsThemselvesAsTheMetricsDo(@ForAll @LongRange(min = 0) long seed) {
    Rows rows = Rows.of(seed, 150);
    BinaryEvaluation expected = BinaryMetrics.evaluate(rows.scores, rows.labels);
    ResampledFigures found = rows.drawn(1).figures(rows.scores);
    assertEquals(expected.auc(), found.of(Measure.AUC).figure(), 1e-12);
    assertEquals(expected.prAuc(), found.of(Measure.PR_AUC).figure(), 1e-12);
    assertEquals(expected.logLoss(), found.of(Measure.LOG_LOSS).figure(), 1e-12);
    assertEquals(expected.brier(), found.of(Measure.BRIER).figure(), 1e-12);
    assertEquals(expected.brierSkill(), found.of(Measure.BRIER_SKILL).figure(), 1e-12);
  }

  @Property(tries = 20)
  void shouldMeasureDrawnRowsAsTheMetricsDoOnThoseRows(@ForAll @LongRange(min = 0) long seed) {
    Rows rows = Rows.of(seed, 80);
    Random random = new Random(seed);
    int[] weights = random.ints(80, 0, 4).toArray();
    weights[0] = 1;
    weights[2] = 1;
    int[] repeated = repeated(weights);
    double[] scores = Arrays.stream(repeated).mapToDouble(i -> rows.scores[i]).toArray();
    double[] labels = Arrays.stream(repeated).mapToDouble(i -> rows.labels[i]).toArray();
    double[] figures = new double[5];
    WeightedFigures.of(Task.BINARY_CLASSIFICATION, rows.scores, rows.labels)
        .measure(weights, figures);
    BinaryEvaluation expected = BinaryMetrics.evaluate(scores, labels);
    assertEquals(expected.auc(), figures[0], 1e-12);
    assertEquals(expected.prAuc(), figures[1], 1e-12);
    assertEquals(expected.logLoss(), figures[2], 1e-12);
  }

  private static int[] repeated(int[] weights) {
    int[] rows = new int[Arrays.stream(weights).sum()];
    int at = 0;
    for (int i = 0; i < weights.length; i++) {
      Arrays.fill(rows, at, at + weights[i], i);
      at += weights[i];
    }
    return rows;
  }

  @Property(tries = 10)
  void shouldBeNarrowerWithMoreRows(@ForAll @LongRange(min = 0) long seed) {
    Rows few = Rows.of(seed, 200);
    Rows many = Rows.of(seed, 6_400);
    for (Measure measure : Measure.of(Task.BINARY_CLASSIFICATION)) {
      double narrow = width(many.drawn(200).figures(many.scores).of(measure));
      double wide = width(few.drawn(200).figures(few.scores).of(measure));
      assertTrue(narrow < wide / 2, measure + ": " + narrow + " against " + wide);
    }
  }

  private static double width(Resampled resampled) {
    return resampled.interval().high() - resampled.interval().low();
  }

  @Test
  void shouldMeetTheClosedFormOfAMean() {
    Random random = new Random(7);
    double[] labels = random.doubles(4_000).toArray();
    double[] scores = Arrays.stream(labels).map(y -> y + random.nextGaussian() / 10).toArray();
    double[] distances = new double[labels.length];
    Arrays.setAll(distances, i -> Math.abs(scores[i] - labels[i]));
    Moments moments = Moments.of(distances);
    double reach = PairedDifference.DEVIATIONS * Math.sqrt(moments.varianceOfMean());

    Resampled mae = new Bootstrap(Task.REGRESSION, labels, 1_000).figures(scores).of(Measure.MAE);

    assertEquals(moments.mean() - reach, mae.interval().low(), reach / 8);
    assertEquals(moments.mean() + reach, mae.interval().high(), reach / 8);
    assertEquals(Math.sqrt(moments.varianceOfMean()), mae.standardError(), reach / 20);
  }

  @Test
  void shouldMeetDeLongsIntervalOfTheAuc() {
    Rows rows = Rows.of(11, 3_000);
    Interval expected = BinaryMetrics.aucInterval(rows.scores, rows.labels);
    Interval found = rows.drawn(1_000).figures(rows.scores).of(Measure.AUC).interval();
    double reach = (expected.high() - expected.low()) / 2;
    assertEquals(expected.low(), found.low(), reach / 8);
    assertEquals(expected.high(), found.high(), reach / 8);
  }

  @Test
  void shouldMeetThePairedIntervalOfADifference() {
    Rows rows = Rows.of(13, 3_000);
    double[] other = Arrays.stream(rows.scores).map(p -> 0.05 + 0.9 * p).toArray();
    PairedDifference expected = PairedDifference.brier(rows.scores, other, rows.labels);
    List<ResampledFigures> both = rows.drawn(1_000).figures(List.of(rows.scores, other));
    Resampled found = both.get(0).of(Measure.BRIER).less(both.get(1).of(Measure.BRIER));
    double reach = (expected.high() - expected.low()) / 2;
    assertEquals(expected.difference(), found.figure(), 1e-12);
    assertEquals(expected.low(), found.interval().low(), reach / 4);
    assertEquals(expected.high(), found.interval().high(), reach / 4);
  }

  @Test
  void shouldHoldTheTruthAboutNineteenTimesOfTwenty() {
    int held = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      double[] labels = random.doubles(300).map(u -> u < 0.3 ? 1 : 0).toArray();
      double[] scores =
          Arrays.stream(labels).map(y -> logistic(random.nextGaussian() + y)).toArray();
      Interval auc =
          new Bootstrap(Task.BINARY_CLASSIFICATION, labels, 200)
              .figures(scores)
              .of(Measure.AUC)
              .interval();
      // Two normals one apart: Φ(1/√2).
      held += auc.low() <= 0.7602 && auc.high() >= 0.7602 ? 1 : 0;
    }
    assertTrue(held >= 180 && held <= 199, held + " of 200");
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Test
  void shouldDrawAsManyOfEachClassAsThereAre() {
    double[] labels = new double[400];
    labels[0] = 1;
    labels[1] = 1;
    double[] scores = new Random(3).doubles(400).toArray();
    Resampled skill =
        new Bootstrap(Task.BINARY_CLASSIFICATION, labels, 500)
            .figures(scores)
            .of(Measure.BRIER_SKILL);
    assertTrue(Double.isFinite(skill.interval().low()));
    assertTrue(Double.isFinite(skill.interval().high()));
  }

  @Test
  void shouldRefuseWhereThereIsNoSpread() {
    Bootstrap alone = new Bootstrap(Task.BINARY_CLASSIFICATION, new double[] {0, 0, 1}, 100);
    assertFalse(alone.isPossible());
    assertThrows(IllegalStateException.class, () -> alone.figures(new double[] {0.1, 0.2, 0.3}));
    assertFalse(new Bootstrap(Task.REGRESSION, new double[] {4}, 100).isPossible());
  }

  @Test
  void shouldDrawLessOftenTheMoreRowsThereAre() {
    assertEquals(1_000, Bootstrap.resamples(10));
    assertEquals(1_000, Bootstrap.resamples(30_000));
    assertEquals(300, Bootstrap.resamples(100_000));
    assertEquals(100, Bootstrap.resamples(20_000_000));
  }

  @Test
  void shouldDoubtMoreTheMoreItLooks() {
    assertEquals(1.96, Resampled.doubt(1), 0.001);
    assertEquals(2.807, Resampled.doubt(10), 0.001);
  }
}
