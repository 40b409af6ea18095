package dev.airlock.monitoring;

import dev.airlock.scoring.drift.Drift;
import dev.airlock.scoring.drift.FeatureDrift;
import dev.airlock.scoring.drift.Reference;
import dev.airlock.workflows.Profile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Holds the predictions of a window against what their version has learnt from. */
final class DriftReader {

  private DriftReader() {}

  /**
   * What is kept of it.
   *
   * @param score against the scores of the rows that judged the version; null where there is none
   */
  record Detail(Map<String, FeatureDrift> features, @Nullable FeatureDrift score) {}

  /**
   * Reads a window.
   *
   * @param profile null where the version has none: its drift is never sufficiently known
   * @param minimum the fewest values of each feature
   */
  static Reading read(@Nullable Profile profile, InputColumns columns, int minimum) {
    double[] scores = columns.scores();
    Map<String, Double> figures = new TreeMap<>();
    figures.put("predictions", (double) scores.length);
    if (profile == null || scores.length == 0) {
      return new Reading(false, scores.length, figures, new Detail(Map.of(), null));
    }
    Map<String, FeatureDrift> features = features(profile, columns);
    FeatureDrift score = Drift.between(reference(profile.judgedScores()), scores);
    if (!features.isEmpty()) {
      figures.put("psi", greatest(features, FeatureDrift::psi));
      figures.put("ks", greatest(features, FeatureDrift::ks));
      figures.put("jensen_shannon", greatest(features, FeatureDrift::jensenShannon));
    }
    figures.put("score_shift", score.psi());
    boolean complete =
        features.size() == profile.features().size()
            && features.values().stream().allMatch(drift -> drift.rows() >= minimum);
    return new Reading(
        complete && scores.length >= minimum, scores.length, figures, new Detail(features, score));
  }

  private static Map<String, FeatureDrift> features(Profile profile, InputColumns columns) {
    Map<String, FeatureDrift> features = new LinkedHashMap<>();
    profile
        .features()
        .forEach(
            (name, distribution) -> {
              double[] values = columns.feature(name);
              if (values.length > 0) {
                features.put(name, Drift.between(reference(distribution), values));
              }
            });
    return features;
  }

  private static double greatest(
      Map<String, FeatureDrift> features, ToDoubleFunction<FeatureDrift> figure) {
    return features.values().stream().mapToDouble(figure).max().orElseThrow();
  }

  static Reference reference(Profile.Distribution distribution) {
    return new Reference(
        distribution.count(),
        distribution.edges(),
        distribution.counts(),
        distribution.quantiles());
  }
}
