package dev.airlock.workflows;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.Requirement;
import java.time.Instant;
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
 * @param intervals of the metrics, by their names, as {@code resampling} made them; null in
 *     evidence of older releases, as all that follows
 * @param resampling how intervals were made
 * @param cutoff from which score on an answer counts as yes; null for a number
 * @param thresholds what the candidate gets right and wrong from each of at most 201 scores on,
 *     rising; empty for a number
 * @param importance what each feature is worth to the candidate
 * @param segments how parts of the holdout fare
 * @param drift how far the holdout has moved from the rows that trained, by feature in the model's
 *     order, then of the scores
 * @param dataChange what the candidate learnt from, beside what the champion learnt from; null
 *     where nothing is live, too, or where the champion's evidence is not known
 * @param cost what the errors cost; null where the pipeline names no costs, too
 * @param origin the code and the parameters that it came from
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
    @Nullable String profileDigest,
    @Nullable SortedMap<String, Interval> intervals,
    @Nullable Resampling resampling,
    @Nullable Cutoff cutoff,
    @Nullable List<ThresholdRow> thresholds,
    @Nullable FeatureImportance importance,
    @Nullable Segments segments,
    @Nullable List<FeatureShift> drift,
    @Nullable DataChange dataChange,
    @Nullable CostLine cost,
    @Nullable Origin origin) {

  public Evidence {
    features = List.copyOf(features);
    trainedOn = List.copyOf(trainedOn);
    metrics = new TreeMap<String, Double>((Map<String, Double>) metrics);
    candidates = List.copyOf(candidates);
    requirements = List.copyOf(requirements);
    calibration = List.copyOf(calibration);
    roc = List.copyOf(roc);
    intervals = sorted(intervals);
    thresholds = thresholds == null ? null : List.copyOf(thresholds);
    drift = drift == null ? null : List.copyOf(drift);
  }

  /** Evidence as older releases made it. */
  public Evidence(
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
    this(
        pipeline,
        runId,
        model,
        artifactDigest,
        algorithm,
        label,
        features,
        trainedOn,
        chosenOn,
        judgedOn,
        embargoDays,
        trainingRows,
        holdoutRows,
        baseRate,
        chosenBy,
        metrics,
        candidates,
        baseline,
        champion,
        requirements,
        calibration,
        roc,
        data,
        profileDigest,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private static <T> @Nullable SortedMap<String, T> sorted(@Nullable Map<String, T> map) {
    return map == null ? null : new TreeMap<>(map);
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
   * @param intervals of its metrics; null in evidence of older releases, as all that follows
   * @param calibration empty for a number
   * @param thresholds from the same scores on as the candidate's; empty for a number
   */
  public record Champion(
      int version,
      String artifactDigest,
      SortedMap<String, Double> metrics,
      @Nullable SortedMap<String, Difference> differences,
      @Nullable SortedMap<String, Interval> intervals,
      @Nullable List<CalibrationBin> calibration,
      @Nullable List<ThresholdRow> thresholds) {

    public Champion {
      metrics = new TreeMap<String, Double>((Map<String, Double>) metrics);
      differences = sorted(differences);
      intervals = sorted(intervals);
      calibration = calibration == null ? null : List.copyOf(calibration);
      thresholds = thresholds == null ? null : List.copyOf(thresholds);
    }

    /** The champion as older releases showed it. */
    public Champion(
        int version,
        String artifactDigest,
        SortedMap<String, Double> metrics,
        @Nullable SortedMap<String, Difference> differences) {
      this(version, artifactDigest, metrics, differences, null, null, null);
    }
  }

  /** A 95 % interval, both ends included. */
  public record Interval(double low, double high) {}

  /**
   * How the intervals of metrics were made: rows drawn again and again, with replacement, as many
   * of each class as there are.
   *
   * @param resamples how many times
   * @param rows how many rows each time
   */
  public record Resampling(int resamples, long rows) {}

  /**
   * The score from which on an answer counts as yes.
   *
   * @param threshold between 0 and 1, counted in
   */
  public record Cutoff(double threshold, Basis basis) {}

  /** Why a threshold is the chosen one. */
  public enum Basis {
    /** The pipeline names it. */
    PIPELINE,
    /** A calibrated probability above it costs less as a yes: falsePositive / (both costs). */
    COST,
    /** It has the largest F1 on the snapshot that chose, and so has not seen the holdout. */
    F1
  }

  /**
   * What is right and wrong where every score from a threshold on counts as yes.
   *
   * @param threshold the smallest score that counts as yes
   */
  public record ThresholdRow(
      double threshold,
      long truePositives,
      long falsePositives,
      long trueNegatives,
      long falseNegatives) {}

  /**
   * What each feature is worth to the candidate: by how much a metric gets worse where the
   * feature's values are shuffled among the rows.
   *
   * @param metric that gets worse
   * @param shuffles of each feature, whose mean is told
   * @param rows of the holdout that were shuffled: all, or a sample of them
   * @param features the most important first
   */
  public record FeatureImportance(
      String metric, int shuffles, long rows, List<Importance> features) {
    public FeatureImportance {
      features = List.copyOf(features);
    }
  }

  /**
   * One feature.
   *
   * @param worsening by how much the metric gets worse without it; negative where it gets better
   */
  public record Importance(String feature, double worsening, Interval interval) {}

  /**
   * How parts of the holdout fare.
   *
   * @param metric by which the weak are marked
   * @param fewestRows with fewer rows, or fewer of a class than {@code fewestOfClass}, a segment
   *     has no figures
   * @param named whether the pipeline names the columns; else they are the most important features
   * @param rows by column, in the pipeline's order, then by value
   */
  public record Segments(
      String metric, long fewestRows, long fewestOfClass, boolean named, List<Segment> rows) {
    public Segments {
      rows = List.copyOf(rows);
    }
  }

  /**
   * A part of the holdout.
   *
   * @param value the column's, a range of numbers such as {@code 2 to 5}, or {@code other values}
   * @param observed the share of yes among the labels; their mean for a number
   * @param meanScore what the candidate said on average
   * @param metrics the candidate's; empty where there are too few rows, as all that follows
   * @param champion the champion's metrics; empty where nothing is live, too
   * @param differences candidate less champion on these rows; empty where nothing is live, too
   * @param weak whether the candidate does worse here than on the other rows, more than chance
   *     would show in any of so many segments
   * @param worse whether the candidate does worse here than the champion, in the same sense
   */
  public record Segment(
      String column,
      String value,
      long rows,
      double observed,
      double meanScore,
      SortedMap<String, Double> metrics,
      SortedMap<String, Interval> intervals,
      SortedMap<String, Double> champion,
      SortedMap<String, Difference> differences,
      boolean weak,
      boolean worse) {
    public Segment {
      metrics = new TreeMap<String, Double>((Map<String, Double>) metrics);
      intervals = new TreeMap<String, Interval>((Map<String, Interval>) intervals);
      champion = new TreeMap<String, Double>((Map<String, Double>) champion);
      differences = new TreeMap<String, Difference>((Map<String, Difference>) differences);
    }
  }

  /**
   * How far a number has moved from one set of rows to another.
   *
   * @param feature its name; {@value #SCORE} for what the model says
   * @param psi population stability index
   * @param noise the PSI that chance alone exceeds once in a hundred times
   * @param ks Kolmogorov–Smirnov distance
   */
  public record FeatureShift(String feature, double psi, double noise, double ks) {

    /** The name that the model's own answers go by. */
    public static final String SCORE = "airlock_score";

    /** Whether it has moved by more than chance. */
    public boolean exceedsNoise() {
      return psi > noise;
    }
  }

  /**
   * What the candidate learnt from, beside what the champion learnt from.
   *
   * @param championRun the run that trained the champion
   * @param before the champion's dataset
   * @param trainedOn the snapshots that trained the champion
   * @param trainingRows that the champion has seen
   * @param addedColumns of the dataset, that the champion's has not
   * @param removedColumns that the champion's dataset had
   * @param retypedColumns that changed their type
   * @param addedFeatures of the model, that the champion doesn't take
   * @param removedFeatures that the champion takes
   * @param shifts of the features that both take, from the champion's training rows to the
   *     candidate's; empty where the champion's profile is not known
   */
  public record DataChange(
      long championRun,
      StageOutput.DatasetVersion before,
      List<LocalDate> trainedOn,
      long trainingRows,
      List<String> addedColumns,
      List<String> removedColumns,
      List<String> retypedColumns,
      List<String> addedFeatures,
      List<String> removedFeatures,
      List<FeatureShift> shifts) {
    public DataChange {
      trainedOn = List.copyOf(trainedOn);
      addedColumns = List.copyOf(addedColumns);
      removedColumns = List.copyOf(removedColumns);
      retypedColumns = List.copyOf(retypedColumns);
      addedFeatures = List.copyOf(addedFeatures);
      removedFeatures = List.copyOf(removedFeatures);
      shifts = List.copyOf(shifts);
    }
  }

  /**
   * What the errors at the {@link Cutoff} cost on the holdout, a row.
   *
   * @param falsePositive what a yes costs that should be a no
   * @param falseNegative what a no costs that should be a yes
   * @param unit such as EUR; null where the pipeline names none
   * @param perRow the candidate's
   * @param champion the champion's at the same threshold; null where nothing is live
   * @param difference candidate less champion; null where nothing is live
   */
  public record CostLine(
      double falsePositive,
      double falseNegative,
      @Nullable String unit,
      double perRow,
      Interval interval,
      @Nullable Double champion,
      @Nullable Difference difference) {}

  /**
   * Where a candidate comes from.
   *
   * @param pipelineVersion the pipeline's version
   * @param codeDigest its code in the artifact store
   * @param logicalDate of the run
   * @param params of the run, defaults filled in
   */
  public record Origin(
      int pipelineVersion,
      String codeDigest,
      Instant logicalDate,
      SortedMap<String, String> params) {
    public Origin {
      params = new TreeMap<String, String>((Map<String, String>) params);
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
