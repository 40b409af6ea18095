package dev.airlock.spark;

import dev.airlock.scoring.ScoringModel;
import dev.airlock.scoring.drift.Reference;
import dev.airlock.workflows.Profile;
import dev.airlock.workflows.Profile.Distribution;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a model has seen, as monitors compare with it. */
final class ModelProfile {

  private ModelProfile() {}

  /**
   * The profile of a model.
   *
   * @param training rows that it learnt from
   * @param holdout the rows that judge it
   */
  static Profile of(ScoringModel model, SnapshotRows training, SnapshotRows holdout) {
    Map<String, Distribution> features = new LinkedHashMap<>();
    for (String feature : model.features()) {
      features.put(feature, distribution(training.column(feature)));
    }
    return new Profile(
        features, distribution(training.scores(model)), distribution(holdout.scores(model)));
  }

  private static Distribution distribution(double[] values) {
    Reference reference = Reference.of(values);
    return new Distribution(
        reference.count(), reference.edges(), reference.counts(), reference.quantiles());
  }
}
