package dev.airlock.web;

import dev.airlock.scoring.BinaryMetrics;
import dev.airlock.scoring.Thresholds;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Evidence.Difference;
import dev.airlock.workflows.Evidence.FeatureShift;
import dev.airlock.workflows.Evidence.Importance;
import dev.airlock.workflows.Evidence.Interval;
import dev.airlock.workflows.Evidence.Segment;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Evidence with every part of it, as the evaluation of two models on 4,000 rows would give it. */
final class FullEvidence {

  private static final int ROWS = 4_000;
  private static final double CUTOFF = 0.2;
  private static final double[] OWN = new double[ROWS];
  private static final double[] OTHERS = new double[ROWS];
  private static final double[] LABELS = new double[ROWS];

  static {
    Random random = new Random(1997);
    for (int i = 0; i < ROWS; i++) {
      double chance = 0.9 * Math.pow(random.nextDouble(), 4);
      LABELS[i] = random.nextDouble() < chance ? 1 : 0;
      OWN[i] = within(chance + random.nextGaussian() / 20);
      OTHERS[i] = within(chance + random.nextGaussian() / 8);
    }
  }

  private FullEvidence() {}

  private static double within(double chance) {
    return Math.min(0.97, Math.max(0.01, chance));
  }

  /** A champion whose Brier score is surely worse, and whose PR-AUC is better. */
  static Evidence.Champion champion(
      int version, String artifactDigest, SortedMap<String, Double> metrics) {
    return new Evidence.Champion(
        version,
        artifactDigest,
        metrics,
        new TreeMap<>(
            Map.of(
                "auc", new Difference(0.005, -0.001, 0.011),
                "brier", new Difference(-0.0029, -0.0041, -0.0017))),
        around(metrics),
        BinaryMetrics.calibration(OTHERS, LABELS).stream()
            .map(
                bin ->
                    new Evidence.CalibrationBin(
                        bin.count(), bin.meanPredicted(), bin.observedRate()))
            .toList(),
        thresholds(OTHERS));
  }

  /** What older releases showed, and everything else. */
  static Evidence of(Evidence old) {
    Evidence.@Nullable Champion champion = old.champion();
    return new Evidence(
        old.pipeline(),
        old.runId(),
        old.model(),
        old.artifactDigest(),
        old.algorithm(),
        old.label(),
        old.features(),
        old.trainedOn(),
        old.chosenOn(),
        old.judgedOn(),
        old.embargoDays(),
        old.trainingRows(),
        old.holdoutRows(),
        old.baseRate(),
        old.chosenBy(),
        old.metrics(),
        old.candidates(),
        old.baseline(),
        champion,
        old.requirements(),
        old.calibration(),
        old.roc(),
        old.data(),
        old.profileDigest(),
        around(old.metrics()),
        new Evidence.Resampling(1_000, old.holdoutRows()),
        new Evidence.Cutoff(CUTOFF, Evidence.Basis.COST),
        thresholds(OWN),
        new Evidence.FeatureImportance(
            "log_loss",
            5,
            23_570,
            List.of(
                new Importance("log_recency", 0.061, new Interval(0.055, 0.067)),
                new Importance("log_frequency", 0.024, new Interval(0.019, 0.029)),
                new Importance("log_spend", 0.0004, new Interval(-0.0008, 0.0016)))),
        segments(champion != null),
        List.of(
            new FeatureShift("log_recency", 0.031, 0.004, 0.06),
            new FeatureShift("log_frequency", 0.262, 0.004, 0.19),
            new FeatureShift("log_spend", 0.002, 0.004, 0.01),
            new FeatureShift(FeatureShift.SCORE, 0.121, 0.004, 0.12)),
        champion == null
            ? null
            : new Evidence.DataChange(
                old.runId() - 1,
                old.data(),
                List.of(LocalDate.of(1997, 4, 30)),
                23_570,
                List.of("country"),
                List.of(),
                List.of("amount"),
                List.of("log_spend"),
                List.of(),
                List.of(new FeatureShift("log_recency", 0.012, 0.004, 0.02))),
        new Evidence.CostLine(
            2,
            8,
            "EUR",
            0.61,
            new Interval(0.57, 0.66),
            champion == null ? null : 0.58,
            champion == null ? null : new Difference(0.03, 0.01, 0.05)),
        new Evidence.Origin(
            1,
            "c0de".repeat(16),
            Instant.parse("1997-12-31T00:00:00Z"),
            new TreeMap<>(Map.of("horizon-days", "60", "orders", "cdnow-orders.csv.gz"))));
  }

  private static SortedMap<String, Interval> around(SortedMap<String, Double> metrics) {
    SortedMap<String, Interval> intervals = new TreeMap<>();
    metrics.forEach(
        (metric, figure) -> intervals.put(metric, new Interval(figure - 0.008, figure + 0.008)));
    return intervals;
  }

  private static List<Evidence.ThresholdRow> thresholds(double[] scores) {
    return Thresholds.confusions(scores, LABELS, Thresholds.among(List.of(OWN, OTHERS), CUTOFF))
        .stream()
        .map(
            found ->
                new Evidence.ThresholdRow(
                    found.threshold(),
                    found.truePositives(),
                    found.falsePositives(),
                    found.trueNegatives(),
                    found.falseNegatives()))
        .toList();
  }

  private static Evidence.Segments segments(boolean compared) {
    List<Segment> rows = new ArrayList<>();
    for (String country : Arrays.asList("DE", "FR", "BR")) {
      boolean isWeak = country.equals("BR");
      rows.add(
          new Segment(
              "country",
              country,
              isWeak ? 2_000 : 10_000,
              0.18,
              isWeak ? 0.09 : 0.18,
              figures(isWeak ? 0.02 : 0.17),
              around(figures(isWeak ? 0.02 : 0.17)),
              compared ? figures(0.15) : new TreeMap<>(),
              compared
                  ? new TreeMap<>(
                      Map.of("brier_skill", new Difference(isWeak ? -0.13 : 0.02, -0.15, -0.11)))
                  : new TreeMap<>(),
              isWeak,
              isWeak && compared));
    }
    rows.add(
        new Segment(
            "country",
            "<Malta & \"Gozo\">|*",
            14,
            0.2,
            0.2,
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            false,
            false));
    return new Evidence.Segments("brier_skill", 50, 10, true, rows);
  }

  private static SortedMap<String, Double> figures(double skill) {
    return new TreeMap<>(Map.of("auc", 0.7 + skill / 2, "brier_skill", skill, "log_loss", 0.39));
  }
}
