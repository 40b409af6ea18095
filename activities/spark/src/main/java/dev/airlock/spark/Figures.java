package dev.airlock.spark;

import dev.airlock.dsl.graph.Metric;
import dev.airlock.scoring.BinaryEvaluation;
import dev.airlock.scoring.BinaryMetrics;
import dev.airlock.scoring.RegressionEvaluation;
import dev.airlock.scoring.RegressionMetrics;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.scoring.Task;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.StageFailure;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a model did on the rows of one snapshot.
 *
 * @param metrics by their lower-case names
 * @param baseRate the share of yes among the labels; their mean for a number
 * @param calibration empty for a number
 * @param roc empty for a number
 */
record Figures(
    SortedMap<String, Double> metrics,
    double baseRate,
    List<Evidence.CalibrationBin> calibration,
    List<Evidence.RocPoint> roc) {

  /**
   * Scores the rows as the gateway would and measures.
   *
   * @throws io.temporal.failure.ApplicationFailure bad data, where a metric has no meaning on these
   *     labels
   */
  static Figures of(ScoringModel model, SnapshotRows rows, LocalDate snapshot) {
    double[] scores = rows.scores(model);
    try {
      return model.task() == Task.BINARY_CLASSIFICATION
          ? of(BinaryMetrics.evaluate(scores, rows.labels()))
          : of(RegressionMetrics.evaluate(scores, rows.labels()));
    } catch (IllegalArgumentException e) {
      throw StageFailure.of(
          StageFailure.BAD_DATA,
          "The %s rows of the snapshot %s can't judge: %s"
              .formatted(
                  String.format(Locale.ROOT, "%,d", rows.count()), snapshot, e.getMessage()));
    }
  }

  /** The name that a metric has in evidence. */
  static String name(Metric metric) {
    return metric.name().toLowerCase(Locale.ROOT);
  }

  double figure(Metric metric) {
    Double figure = metrics.get(name(metric));
    if (figure == null) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s is no metric of this kind of model; it has %s."
              .formatted(name(metric), String.join(", ", metrics.keySet())));
    }
    return figure;
  }

  private static Figures of(BinaryEvaluation evaluation) {
    SortedMap<String, Double> metrics = new TreeMap<>();
    metrics.put(name(Metric.AUC), evaluation.auc());
    metrics.put(name(Metric.PR_AUC), evaluation.prAuc());
    metrics.put(name(Metric.LOG_LOSS), evaluation.logLoss());
    metrics.put(name(Metric.BRIER), evaluation.brier());
    metrics.put(name(Metric.BRIER_SKILL), evaluation.brierSkill());
    return new Figures(
        metrics,
        evaluation.baseRate(),
        evaluation.calibration().stream()
            .map(
                bin ->
                    new Evidence.CalibrationBin(
                        bin.count(), bin.meanPredicted(), bin.observedRate()))
            .toList(),
        evaluation.roc().stream()
            .map(
                point -> new Evidence.RocPoint(point.falsePositiveRate(), point.truePositiveRate()))
            .toList());
  }

  private static Figures of(RegressionEvaluation evaluation) {
    SortedMap<String, Double> metrics = new TreeMap<>();
    metrics.put(name(Metric.RMSE), evaluation.rmse());
    metrics.put(name(Metric.MAE), evaluation.mae());
    return new Figures(metrics, evaluation.meanLabel(), List.of(), List.of());
  }
}
