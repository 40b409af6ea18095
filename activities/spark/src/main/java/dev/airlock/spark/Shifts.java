package dev.airlock.spark;

import dev.airlock.scoring.ScoringModel;
import dev.airlock.scoring.drift.Drift;
import dev.airlock.scoring.drift.FeatureDrift;
import dev.airlock.scoring.drift.Reference;
import dev.airlock.workflows.Evidence.FeatureShift;
import dev.airlock.workflows.Profile;
import dev.airlock.workflows.Profile.Distribution;
import java.util.ArrayList;
import java.util.List;

/** How far numbers have moved from one set of rows to another. */
final class Shifts {

  private Shifts() {}

  /** From the rows that trained to the holdout: each feature, then the model's answers. */
  static List<FeatureShift> between(
      ScoringModel model, SnapshotRows training, SnapshotRows holdout) {
    List<FeatureShift> shifts = new ArrayList<>();
    for (String feature : model.features()) {
      shifts.add(shift(feature, Reference.of(training.column(feature)), holdout.column(feature)));
    }
    shifts.add(
        shift(FeatureShift.SCORE, Reference.of(training.scores(model)), holdout.scores(model)));
    return shifts;
  }

  /** From what another version learnt from to what this one does, as far as both take it. */
  static List<FeatureShift> between(Profile before, SnapshotRows now, List<String> features) {
    List<FeatureShift> shifts = new ArrayList<>();
    for (String feature : features) {
      Distribution known = before.features().get(feature);
      if (known != null) {
        shifts.add(shift(feature, reference(known), now.column(feature)));
      }
    }
    return shifts;
  }

  private static FeatureShift shift(String feature, Reference before, double[] now) {
    FeatureDrift drift = Drift.between(before, now);
    return new FeatureShift(feature, drift.psi(), drift.noise(), drift.ks());
  }

  private static Reference reference(Distribution known) {
    return new Reference(known.count(), known.edges(), known.counts(), known.quantiles());
  }
}
