package dev.airlock.monitoring;

import dev.airlock.scoring.BinaryMetrics;
import dev.airlock.scoring.Interval;
import dev.airlock.scoring.RegressionMetrics;
import dev.airlock.store.Labels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Holds the scores of a window against what came true. */
final class PerformanceReader {

  /** The least share of a window's predictions that must have a label: the rest may differ. */
  private static final double LEAST_LABELLED = 0.8;

  /** The fewest rows of each class that an interval of the AUC can be made of. */
  private static final int FEWEST_OF_A_CLASS = 2;

  private PerformanceReader() {}

  /**
   * What is kept of it.
   *
   * @param baseRate the mean label
   * @param intervals 95 %, by the metric's lower-case name: low, high
   * @param observed the mean label, as {@code baseRate}
   */
  record Detail(
      long labelled,
      long unlabelled,
      double baseRate,
      Map<String, List<Double>> intervals,
      double meanPredicted,
      double observed) {}

  /**
   * Reads a window. Of a probability either 0 or 1 comes true: any other label is none.
   *
   * @param classifies whether scores are probabilities
   * @param minimum the fewest labels
   */
  static Reading read(Labels.Labelled known, boolean classifies, int minimum) {
    Labels.Labelled labelled = classifies ? zerosAndOnes(known) : known;
    double[] scores = array(labelled.scores());
    double[] labels = array(labelled.labels());
    if (labels.length == 0) {
      return new Reading(false, 0, Map.of(), detail(labelled, scores, labels, Map.of()));
    }
    boolean enough =
        labels.length >= minimum
            && labels.length >= LEAST_LABELLED * (labels.length + labelled.unlabelled());
    return classifies
        ? probabilities(labelled, scores, labels, enough)
        : numbers(labelled, scores, labels, enough);
  }

  private static Labels.Labelled zerosAndOnes(Labels.Labelled known) {
    List<Double> labels = known.labels();
    List<Integer> kept =
        IntStream.range(0, labels.size())
            .filter(i -> labels.get(i) == 0 || labels.get(i) == 1)
            .boxed()
            .toList();
    return new Labels.Labelled(
        kept.stream().map(known.scores()::get).toList(),
        kept.stream().map(labels::get).toList(),
        known.unlabelled() + labels.size() - kept.size());
  }

  private static Reading probabilities(
      Labels.Labelled labelled, double[] scores, double[] labels, boolean enough) {
    Map<String, Double> figures = new TreeMap<>();
    figures.put("brier", BinaryMetrics.brier(scores, labels));
    figures.put("log_loss", BinaryMetrics.logLoss(scores, labels));
    double ones = Arrays.stream(labels).sum();
    double zeros = labels.length - ones;
    if (ones > 0) {
      figures.put("predicted_over_observed", Arrays.stream(scores).sum() / ones);
    }
    boolean both = ones >= FEWEST_OF_A_CLASS && zeros >= FEWEST_OF_A_CLASS;
    Map<String, List<Double>> intervals = Map.of();
    if (both) {
      figures.put("auc", BinaryMetrics.auc(scores, labels));
      figures.put("pr_auc", BinaryMetrics.prAuc(scores, labels));
      figures.put("brier_skill", BinaryMetrics.brierSkill(scores, labels));
      Interval auc = BinaryMetrics.aucInterval(scores, labels);
      intervals = Map.of("auc", List.of(auc.low(), auc.high()));
    }
    return new Reading(
        enough && both, labels.length, figures, detail(labelled, scores, labels, intervals));
  }

  private static Reading numbers(
      Labels.Labelled labelled, double[] scores, double[] labels, boolean enough) {
    Map<String, Double> figures = new TreeMap<>();
    figures.put("rmse", RegressionMetrics.rmse(scores, labels));
    figures.put("mae", RegressionMetrics.mae(scores, labels));
    double observed = Arrays.stream(labels).sum();
    if (observed != 0) {
      figures.put("predicted_over_observed", Arrays.stream(scores).sum() / observed);
    }
    return new Reading(enough, labels.length, figures, detail(labelled, scores, labels, Map.of()));
  }

  private static Detail detail(
      Labels.Labelled labelled,
      double[] scores,
      double[] labels,
      Map<String, List<Double>> intervals) {
    double observed = Arrays.stream(labels).average().orElse(0);
    return new Detail(
        labels.length,
        labelled.unlabelled(),
        observed,
        intervals,
        Arrays.stream(scores).average().orElse(0),
        observed);
  }

  private static double[] array(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
