package dev.airlock.spark;

import dev.airlock.dsl.graph.Metric;
import dev.airlock.scoring.PairedDifference;
import dev.airlock.scoring.Task;
import dev.airlock.workflows.Evidence.Difference;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/** What one model gains over another on the very same rows. */
final class Differences {

  /** Fewer rows, or rows of a class, have no spread to make an interval of. */
  private static final int FEWEST = 2;

  private Differences() {}

  /**
   * The figures of the first scores less those of the second, by the name of the metric, as far as
   * there is a closed form. A figure for which there are too few rows is left out.
   */
  static SortedMap<String, Difference> between(
      Task task, double[] first, double[] second, double[] labels) {
    SortedMap<String, Difference> differences = new TreeMap<>();
    if (labels.length < FEWEST) {
      return differences;
    }
    if (task == Task.REGRESSION) {
      put(differences, Metric.RMSE, PairedDifference.rmse(first, second, labels));
      put(differences, Metric.MAE, PairedDifference.mae(first, second, labels));
      return differences;
    }
    put(differences, Metric.BRIER, PairedDifference.brier(first, second, labels));
    put(differences, Metric.LOG_LOSS, PairedDifference.logLoss(first, second, labels));
    if (hasBothClasses(labels)) {
      put(differences, Metric.AUC, PairedDifference.auc(first, second, labels));
    }
    return differences;
  }

  private static boolean hasBothClasses(double[] labels) {
    long ones = Arrays.stream(labels).filter(label -> label == 1).count();
    return Math.min(ones, labels.length - ones) >= FEWEST;
  }

  private static void put(
      SortedMap<String, Difference> differences, Metric metric, PairedDifference found) {
    differences.put(
        Figures.name(metric), new Difference(found.difference(), found.low(), found.high()));
  }
}
