package dev.airlock.workflows;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.Requirement;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that an approver looks at, kept in the artifact store under the digest of its JSON. Figures
 * are those of the holdout unless they say otherwise; metrics go by the lower-case name of {@link
 * dev.airlock.dsl.graph.Metric}.
 *
 * @param artifactDigest the very model that was judged
 * @param chosenBy the metric that chose among the candidates on the validation snapshot
 * @param baseline the best single feature, found on the validation snapshot; null for a number
 * @param champion the live version on the same rows, or null where nothing is live
 * @param requirements each bound with the figure it was held against
 * @param calibration empty for a number
 * @param roc false and true positive rate, from (0, 0) to (1, 1); empty for a number
 * @param profileDigest the {@link Profile} in the artifact store that monitors compare with; null
 *     in evidence of older releases
 */
public record Evidence(
    String pipeline,
    long runId,
    String model,
    String artifactDigest,
    Algorithm algorithm,
    String label,
    List<String> features,
    List<LocalDate> trainedOn,
    LocalDate chosenOn,
    LocalDate judgedOn,
    int embargoDays,
    long trainingRows,
    long holdoutRows,
    double baseRate,
    String chosenBy,
    SortedMap<String, Double> metrics,
    List<CandidateFigures> candidates,
    @Nullable Baseline baseline,
    @Nullable Champion champion,
    List<RequirementCheck> requirements,
    List<CalibrationBin> calibration,
    List<RocPoint> roc,
    StageOutput.DatasetVersion data,
    @Nullable String profileDigest) {

  public Evidence {
    features = List.copyOf(features);
    trainedOn = List.copyOf(trainedOn);
    metrics = new TreeMap<String, Double>((Map<String, Double>) metrics);
    candidates = List.copyOf(candidates);
    requirements = List.copyOf(requirements);
    calibration = List.copyOf(calibration);
    roc = List.copyOf(roc);
  }

  /** A candidate on the validation snapshot, which chose. */
  public record CandidateFigures(
      String stage,
      Algorithm algorithm,
      String artifactDigest,
      SortedMap<String, Double> metrics) {}

  /**
   * What one column alone is worth.
   *
   * @param auc of the feature's order on the holdout, in the direction found on the validation
   *     snapshot
   */
  public record Baseline(String feature, double auc) {}

  /**
   * The version that is live, on the holdout's rows.
   *
   * @param differences candidate less champion on the same rows, by the lower-case name of the
   *     metric; null in evidence of older releases
   */
  public record Champion(
      int version,
      String artifactDigest,
      SortedMap<String, Double> metrics,
      @Nullable SortedMap<String, Difference> differences) {

    public Champion {
      metrics = new TreeMap<String, Double>((Map<String, Double>) metrics);
      differences =
          differences == null
              ? null
              : new TreeMap<String, Difference>((Map<String, Difference>) differences);
    }
  }

  /** A paired difference and its 95 % interval. */
  public record Difference(double difference, double low, double high) {}

  /**
   * A bound, and the figure that was held against it.
   *
   * @param figure the candidate's
   * @param bound the figure's bound in force, champion and margin added up; null where there is no
   *     champion to compare with
   */
  public record RequirementCheck(
      Requirement requirement, double figure, @Nullable Double bound, boolean holds) {}

  /** Rows with like predictions: how many, what was predicted on average, what came true. */
  public record CalibrationBin(long rows, double meanPredicted, double observed) {}

  /** One threshold. */
  public record RocPoint(double falsePositiveRate, double truePositiveRate) {}
}
