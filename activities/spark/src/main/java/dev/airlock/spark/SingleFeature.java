package dev.airlock.spark;

import dev.airlock.scoring.BinaryMetrics;
import dev.airlock.workflows.Evidence.Baseline;
import java.util.List;

/** What the best single column is worth, so that a model has something to beat. */
final class SingleFeature {

  private SingleFeature() {}

  /**
   * Finds the feature whose order alone, rising or falling, has the largest AUC on the validation
   * snapshot, and measures it, in that direction, on the holdout.
   */
  static Baseline best(List<String> features, SnapshotRows validation, SnapshotRows holdout) {
    String best = features.get(0);
    double bestAuc = 0.5;
    for (String feature : features) {
      double auc = BinaryMetrics.auc(validation.column(feature), validation.labels());
      if (Math.abs(auc - 0.5) > Math.abs(bestAuc - 0.5)) {
        best = feature;
        bestAuc = auc;
      }
    }
    double rising = BinaryMetrics.auc(holdout.column(best), holdout.labels());
    return new Baseline(best, bestAuc < 0.5 ? 1 - rising : rising);
  }
}
