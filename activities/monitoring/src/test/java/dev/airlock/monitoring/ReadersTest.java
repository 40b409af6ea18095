package dev.airlock.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.scoring.BinaryMetrics;
import dev.airlock.scoring.drift.Reference;
import dev.airlock.store.Labels;
import dev.airlock.store.Monitors;
import dev.airlock.workflows.Profile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadersTest {
  private static final List<String> SEVEN =
      IntStream.range(0, 7).mapToObj(i -> "feature_" + i).toList();

  @Test
  void shouldReadAMonthOfPredictionsInWellUnderTwoSeconds() {
    Random random = new Random(1);
    List<Monitors.Row> rows = IntStream.range(0, 25_000).mapToObj(i -> row(random, SEVEN)).toList();
    Profile profile = profile(SEVEN, new Random(2));
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begun = threads.getCurrentThreadCpuTime();
    InputColumns columns = new InputColumns(SEVEN);
    rows.forEach(columns);
    Reading reading = DriftReader.read(profile, columns, 500);
    Duration took = Duration.ofNanos(threads.getCurrentThreadCpuTime() - begun);
    assertTrue(took.toMillis() < 2_000, took::toString);
    assertTrue(reading.sufficient());
    assertEquals(25_000, reading.rows());
    assertEquals(
        Set.of("psi", "ks", "jensen_shannon", "score_shift", "predictions"),
        reading.figures().keySet());
  }

  @Test
  void shouldShowTheFeatureThatHasMovedFurthest() {
    Profile profile = profile(List.of("still", "moved"), new Random(2));
    InputColumns columns = new InputColumns(List.of("still", "moved"));
    Random random = new Random(3);
    for (int i = 0; i < 2_000; i++) {
      String inputs =
          "{\"still\": %s, \"moved\": %s}"
              .formatted(random.nextGaussian(), random.nextGaussian() + 2);
      columns.accept(new Monitors.Row(random.nextDouble(), inputs));
    }
    Reading reading = DriftReader.read(profile, columns, 500);
    DriftReader.Detail detail = (DriftReader.Detail) reading.detail();
    assertTrue(of(detail.features(), "still").psi() < 0.05);
    assertEquals(of(detail.features(), "moved").psi(), of(reading.figures(), "psi"));
    assertTrue(of(reading.figures(), "psi") > 1);
  }

  @Test
  void shouldCallFewRowsInsufficient() {
    Profile profile = profile(SEVEN, new Random(2));
    InputColumns columns = new InputColumns(SEVEN);
    Random random = new Random(3);
    for (int i = 0; i < 499; i++) {
      columns.accept(row(random, SEVEN));
    }
    assertFalse(DriftReader.read(profile, columns, 500).sufficient());
    columns.accept(row(random, SEVEN));
    assertTrue(DriftReader.read(profile, columns, 500).sufficient());
  }

  @Test
  void shouldCallAWindowWithoutAFeatureInsufficient() {
    Profile profile = profile(SEVEN, new Random(2));
    InputColumns columns = new InputColumns(SEVEN);
    Random random = new Random(3);
    for (int i = 0; i < 600; i++) {
      columns.accept(row(random, SEVEN.subList(0, 6)));
    }
    Reading reading = DriftReader.read(profile, columns, 500);
    assertFalse(reading.sufficient());
    assertEquals(600.0, of(reading.figures(), "predictions"));
  }

  @Test
  void shouldCallAVersionWithoutAProfileInsufficient() {
    InputColumns columns = new InputColumns(Set.of());
    columns.accept(new Monitors.Row(0.5, "{\"a\": {\"b\": [1]}, \"c\": null}"));
    assertFalse(DriftReader.read(null, columns, 1).sufficient());
  }

  @Test
  void shouldJudgeOnMaturedLabels() {
    Labels.Labelled labelled = labelled(1000, 200);
    Reading reading = PerformanceReader.read(labelled, true, 500);
    double[] scores = labelled.scores().stream().mapToDouble(Double::doubleValue).toArray();
    double[] labels = labelled.labels().stream().mapToDouble(Double::doubleValue).toArray();
    assertTrue(reading.sufficient());
    assertEquals(BinaryMetrics.auc(scores, labels), of(reading.figures(), "auc"));
    assertEquals(BinaryMetrics.brierSkill(scores, labels), of(reading.figures(), "brier_skill"));
    PerformanceReader.Detail detail = (PerformanceReader.Detail) reading.detail();
    List<Double> auc = of(detail.intervals(), "auc");
    assertTrue(auc.get(0) < of(reading.figures(), "auc"));
    assertTrue(auc.get(1) > of(reading.figures(), "auc"));
    assertEquals(200, detail.unlabelled());
    assertEquals(
        detail.meanPredicted() / detail.observed(),
        of(reading.figures(), "predicted_over_observed"),
        1e-12);
  }

  @Test
  void shouldCallFewLabelsAndOneClassInsufficient() {
    assertFalse(PerformanceReader.read(labelled(499, 0), true, 500).sufficient());
    assertFalse(PerformanceReader.read(labelled(1000, 251), true, 500).sufficient());
    assertTrue(PerformanceReader.read(labelled(1000, 250), true, 500).sufficient());
    assertFalse(
        PerformanceReader.read(new Labels.Labelled(List.of(), List.of(), 9), true, 1).sufficient());
    Reading oneClass =
        PerformanceReader.read(
            new Labels.Labelled(Collections.nCopies(600, 0.1), Collections.nCopies(600, 0.0), 0),
            true,
            500);
    assertFalse(oneClass.sufficient());
    assertNull(oneClass.figures().get("auc"));
  }

  @Test
  void shouldTakeNoOtherNumberForTheOutcomeOfAProbability() {
    Labels.Labelled good = labelled(1000, 0);
    List<Double> scores = new ArrayList<>(good.scores());
    List<Double> labels = new ArrayList<>(good.labels());
    scores.add(0, 0.5);
    labels.add(0, 12.5);
    Reading reading = PerformanceReader.read(new Labels.Labelled(scores, labels, 3), true, 500);
    assertEquals(PerformanceReader.read(good, true, 500).figures(), reading.figures());
    assertEquals(4, ((PerformanceReader.Detail) reading.detail()).unlabelled());
    assertEquals(
        1001, PerformanceReader.read(new Labels.Labelled(scores, labels, 3), false, 500).rows());
  }

  @Test
  void shouldJudgeNumbersByTheirErrors() {
    Reading reading =
        PerformanceReader.read(
            new Labels.Labelled(List.of(10.0, 20.0), List.of(13.0, 16.0), 0), false, 2);
    assertTrue(reading.sufficient());
    assertEquals(3.5, of(reading.figures(), "mae"));
    assertEquals(30.0 / 29, of(reading.figures(), "predicted_over_observed"));
  }

  private static <T> T of(Map<String, T> figures, String name) {
    T figure = figures.get(name);
    if (figure == null) {
      throw new AssertionError("No " + name + " in " + figures);
    }
    return figure;
  }

  private static Labels.Labelled labelled(int size, long unlabelled) {
    Random random = new Random(size);
    List<Double> scores = new ArrayList<>();
    List<Double> labels = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      double score = random.nextDouble();
      scores.add(score);
      labels.add(random.nextDouble() < score ? 1.0 : 0.0);
    }
    return new Labels.Labelled(scores, labels, unlabelled);
  }

  private static Monitors.Row row(Random random, List<String> features) {
    String inputs =
        features.stream()
            .map(name -> "\"" + name + "\": " + random.nextGaussian())
            .collect(Collectors.joining(", ", "{\"customer\": \"c-1\", ", "}"));
    return new Monitors.Row(random.nextDouble(), inputs);
  }

  private static Profile profile(List<String> names, Random random) {
    Map<String, Profile.Distribution> features = new LinkedHashMap<>();
    names.forEach(name -> features.put(name, normal(random)));
    Profile.Distribution scores = of(random.doubles(20_000).toArray());
    return new Profile(features, scores, scores);
  }

  private static Profile.Distribution normal(Random random) {
    return of(IntStream.range(0, 20_000).mapToDouble(i -> random.nextGaussian()).toArray());
  }

  private static Profile.Distribution of(double[] values) {
    Reference reference = Reference.of(values);
    return new Profile.Distribution(
        reference.count(), reference.edges(), reference.counts(), reference.quantiles());
  }
}
