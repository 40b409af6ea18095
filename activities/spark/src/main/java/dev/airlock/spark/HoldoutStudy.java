package dev.airlock.spark;

import dev.airlock.dsl.graph.CostSpec;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Work;
import dev.airlock.scoring.Bootstrap;
import dev.airlock.scoring.Confusion;
import dev.airlock.scoring.Measure;
import dev.airlock.scoring.Resampled;
import dev.airlock.scoring.ResampledFigures;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.scoring.Task;
import dev.airlock.scoring.Thresholds;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Evidence.Cutoff;
import dev.airlock.workflows.Evidence.Difference;
import dev.airlock.workflows.Evidence.Interval;
import dev.airlock.workflows.Evidence.ThresholdRow;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The chosen candidate and the champion on the very same rows: how sure their figures are, what
 * they get right and wrong, and what that costs.
 */
final class HoldoutStudy {

  private static final int CANDIDATE = 0;
  private static final int CHAMPION = 1;

  private final Task task;
  private final double[] labels;

  /** The candidate's, then the champion's, where there is one. */
  private final List<double[]> scores;

  private final Bootstrap bootstrap;

  /** Empty where there are too few rows to say how sure a figure is. */
  private final List<ResampledFigures> figures;

  private final @Nullable Cutoff cutoff;
  private final @Nullable CostSpec cost;

  /**
   * Studies the models.
   *
   * @param champion null where nothing is live
   * @param validation the rows that chose, which also choose the threshold where nobody names one
   */
  HoldoutStudy(
      Work.Evaluate evaluate,
      ScoringModel candidate,
      @Nullable ScoringModel champion,
      SnapshotRows validation,
      SnapshotRows holdout) {
    this.task = candidate.task();
    this.labels = holdout.labels();
    this.scores = new ArrayList<>(List.of(holdout.scores(candidate)));
    if (champion != null) {
      scores.add(holdout.scores(champion));
    }
    this.bootstrap = new Bootstrap(task, labels, Bootstrap.resamples(labels.length));
    this.figures = bootstrap.isPossible() ? bootstrap.figures(scores) : List.of();
    this.cutoff =
        task == Task.BINARY_CLASSIFICATION ? cutoff(evaluate, candidate, validation) : null;
    this.cost = evaluate.cost();
  }

  private static Cutoff cutoff(
      Work.Evaluate evaluate, ScoringModel candidate, SnapshotRows validation) {
    if (evaluate.threshold() != null) {
      return new Cutoff(evaluate.threshold(), Evidence.Basis.PIPELINE);
    }
    return evaluate.cost() != null
        ? new Cutoff(evaluate.cost().threshold(), Evidence.Basis.COST)
        : new Cutoff(
            Thresholds.bestByF1(validation.scores(candidate), validation.labels()),
            Evidence.Basis.F1);
  }

  /** Null where intervals are not possible. */
  Evidence.@Nullable Resampling resampling() {
    return figures.isEmpty()
        ? null
        : new Evidence.Resampling(Bootstrap.resamples(labels.length), labels.length);
  }

  SortedMap<String, Interval> candidateIntervals() {
    return intervals(CANDIDATE);
  }

  SortedMap<String, Interval> championIntervals() {
    return intervals(CHAMPION);
  }

  private SortedMap<String, Interval> intervals(int model) {
    SortedMap<String, Interval> intervals = new TreeMap<>();
    if (!figures.isEmpty()) {
      ResampledFigures found = figures.get(model);
      for (Measure measure : found.measures()) {
        intervals.put(name(measure), interval(found.of(measure).interval()));
      }
    }
    return intervals;
  }

  /**
   * Candidate less champion, of every metric: by the closed form where there is one, by resampling
   * where there is none.
   */
  SortedMap<String, Difference> differences() {
    SortedMap<String, Difference> differences =
        Differences.between(task, scores.get(CANDIDATE), scores.get(CHAMPION), labels);
    if (!figures.isEmpty()) {
      for (Measure measure : Measure.of(task)) {
        Resampled gain = figures.get(CANDIDATE).of(measure).less(figures.get(CHAMPION).of(measure));
        differences.putIfAbsent(name(measure), difference(gain));
      }
    }
    return differences;
  }

  /** Null for a number. */
  @Nullable Cutoff cutoff() {
    return cutoff;
  }

  List<ThresholdRow> candidateThresholds() {
    return thresholds(CANDIDATE);
  }

  List<ThresholdRow> championThresholds() {
    return thresholds(CHAMPION);
  }

  private List<ThresholdRow> thresholds(int model) {
    return cutoff == null
        ? List.of()
        : Thresholds.confusions(
                scores.get(model), labels, Thresholds.among(scores, cutoff.threshold()))
            .stream()
            .map(HoldoutStudy::row)
            .toList();
  }

  private static ThresholdRow row(Confusion found) {
    return new ThresholdRow(
        found.threshold(),
        found.truePositives(),
        found.falsePositives(),
        found.trueNegatives(),
        found.falseNegatives());
  }

  /** Null where the pipeline names no costs, or there are too few rows. */
  Evidence.@Nullable CostLine cost() {
    if (cost == null || cutoff == null || figures.isEmpty()) {
      return null;
    }
    List<Resampled> means =
        bootstrap.means(
            scores.stream()
                .map(
                    ofModel ->
                        Thresholds.costs(
                            ofModel,
                            labels,
                            cutoff.threshold(),
                            cost.falsePositive(),
                            cost.falseNegative()))
                .toList());
    Resampled candidates = means.get(CANDIDATE);
    Resampled champions = means.size() > CHAMPION ? means.get(CHAMPION) : null;
    return new Evidence.CostLine(
        cost.falsePositive(),
        cost.falseNegative(),
        cost.unit(),
        candidates.figure(),
        interval(candidates.interval()),
        champions == null ? null : champions.figure(),
        champions == null ? null : difference(candidates.less(champions)));
  }

  /** Measures have the names of the metrics that they are. */
  static String name(Measure measure) {
    return Figures.name(Metric.valueOf(measure.name()));
  }

  static Interval interval(dev.airlock.scoring.Interval interval) {
    return new Interval(interval.low(), interval.high());
  }

  static Difference difference(Resampled found) {
    dev.airlock.scoring.Interval interval = found.interval();
    return new Difference(found.figure(), interval.low(), interval.high());
  }
}
