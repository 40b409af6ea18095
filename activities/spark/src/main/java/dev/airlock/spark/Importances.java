package dev.airlock.spark;

import dev.airlock.dsl.graph.Metric;
import dev.airlock.scoring.Bootstrap;
import dev.airlock.scoring.Measure;
import dev.airlock.scoring.PairedDifference;
import dev.airlock.scoring.PermutationImportance;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.workflows.Evidence.FeatureImportance;
import dev.airlock.workflows.Evidence.Importance;
import dev.airlock.workflows.Evidence.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What each feature is worth to a model, on rows that it has not seen. */
final class Importances {

  private static final int SHUFFLES = 5;

  /** Rows scored in all, so that wide or large data take no longer. */
  private static final int MOST_SCORES = 1_000_000;

  private static final int FEWEST_ROWS = 1_000;

  private Importances() {}

  /**
   * Shuffles each feature.
   *
   * @param choose the metric that chose, which is what gets worse where it has a paired difference
   * @return null where there are too few rows
   */
  static @Nullable FeatureImportance of(ScoringModel model, SnapshotRows holdout, Metric choose) {
    int scored = SHUFFLES * model.features().size();
    SnapshotRows rows = holdout.everyNth(Math.max(FEWEST_ROWS, MOST_SCORES / scored));
    if (!new Bootstrap(model.task(), rows.labels(), 1).isPossible()) {
      return null;
    }
    Measure measure = measure(choose);
    PermutationImportance importance =
        new PermutationImportance(model, rows.vectors(model), rows.labels(), measure);
    List<Importance> features = new ArrayList<>();
    for (int i = 0; i < model.features().size(); i++) {
      PairedDifference found = importance.of(i, SHUFFLES);
      features.add(
          new Importance(
              model.features().get(i),
              found.difference(),
              new Interval(found.low(), found.high())));
    }
    features.sort(Comparator.comparingDouble(Importance::worsening).reversed());
    return new FeatureImportance(HoldoutStudy.name(measure), SHUFFLES, rows.count(), features);
  }

  private static Measure measure(Metric choose) {
    return switch (choose) {
      case AUC, PR_AUC -> Measure.AUC;
      case LOG_LOSS -> Measure.LOG_LOSS;
      case BRIER, BRIER_SKILL -> Measure.BRIER;
      case RMSE -> Measure.RMSE;
      case MAE -> Measure.MAE;
    };
  }
}
