package dev.airlock.spark;

import dev.airlock.dsl.graph.Metric;
import dev.airlock.scoring.Bootstrap;
import dev.airlock.scoring.Measure;
import dev.airlock.scoring.Resampled;
import dev.airlock.scoring.ResampledFigures;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.scoring.Task;
import dev.airlock.workflows.Evidence.Difference;
import dev.airlock.workflows.Evidence.Interval;
import dev.airlock.workflows.Evidence.Segment;
import dev.airlock.workflows.Evidence.Segments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How parts of the holdout fare.
 *
 * <p>A part is weak where its figure is worse than that of the other parts of the same column by
 * more than chance: the others' mean, weighted by rows, rather than the figure of all other rows,
 * since rows that differ much are easier to tell apart than rows that are alike. The more parts are
 * looked at, the more it takes (Bonferroni).
 */
final class SegmentFigures {

  private static final int FEWEST_ROWS = 50;
  private static final int FEWEST_OF_CLASS = 10;
  private static final int MOST_RESAMPLES = 300;

  private final Measure mark;
  private final Task task;
  private final SnapshotRows holdout;
  private final double[] scores;
  private final double @Nullable [] champions;

  SegmentFigures(
      ScoringModel candidate,
      @Nullable ScoringModel champion,
      SnapshotRows holdout,
      Metric choose) {
    this.mark = mark(choose);
    this.task = candidate.task();
    this.holdout = holdout;
    this.scores = holdout.scores(candidate);
    this.champions = champion == null ? null : holdout.scores(champion);
  }

  /** Loss depends on how common yes is in a segment, skill and the order of rows do not. */
  private static Measure mark(Metric choose) {
    return switch (choose) {
      case AUC, PR_AUC -> Measure.AUC;
      case LOG_LOSS, BRIER, BRIER_SKILL -> Measure.BRIER_SKILL;
      case RMSE -> Measure.RMSE;
      case MAE -> Measure.MAE;
    };
  }

  /**
   * Measures the parts.
   *
   * @param named whether the pipeline names the columns
   */
  Segments of(List<Partition> partitions, boolean named) {
    int resamples =
        Math.min(
            MOST_RESAMPLES, Bootstrap.resamples(holdout.count() * Math.max(1, partitions.size())));
    List<List<Part>> columns = new ArrayList<>();
    for (Partition partition : partitions) {
      List<Part> parts = new ArrayList<>();
      partition
          .rows()
          .forEach((value, rows) -> parts.add(part(partition.column(), value, rows, resamples)));
      columns.add(parts);
    }
    int measured = (int) columns.stream().flatMap(List::stream).filter(Part::isMeasured).count();
    double doubt = Resampled.doubt(measured);
    List<Segment> segments = new ArrayList<>();
    for (List<Part> parts : columns) {
      parts.forEach(part -> segments.add(segment(part, parts, doubt)));
    }
    return new Segments(
        HoldoutStudy.name(mark),
        FEWEST_ROWS,
        task == Task.BINARY_CLASSIFICATION ? FEWEST_OF_CLASS : 0,
        named,
        segments);
  }

  /**
   * A part and its figures.
   *
   * @param candidate null where there are too few rows
   * @param champion null where nothing is live, too
   */
  private record Part(
      String column,
      String value,
      long rows,
      double observed,
      double meanScore,
      @Nullable ResampledFigures candidate,
      @Nullable ResampledFigures champion) {
    boolean isMeasured() {
      return candidate != null;
    }
  }

  private Part part(String column, String value, int[] rows, int resamples) {
    double[] labels = pick(holdout.labels(), rows);
    double[] own = pick(scores, rows);
    List<ResampledFigures> figures =
        isEnough(labels)
            ? new Bootstrap(task, labels, resamples)
                .figures(champions == null ? List.of(own) : List.of(own, pick(champions, rows)))
            : List.of();
    return new Part(
        column,
        value,
        rows.length,
        Arrays.stream(labels).average().orElse(0),
        Arrays.stream(own).average().orElse(0),
        figures.isEmpty() ? null : figures.get(0),
        figures.size() < 2 ? null : figures.get(1));
  }

  private boolean isEnough(double[] labels) {
    long ones = Arrays.stream(labels).filter(label -> label == 1).count();
    return labels.length >= FEWEST_ROWS
        && (task == Task.REGRESSION || Math.min(ones, labels.length - ones) >= FEWEST_OF_CLASS);
  }

  private Segment segment(Part part, List<Part> parts, double doubt) {
    SortedMap<String, Double> metrics = new TreeMap<>();
    SortedMap<String, Interval> intervals = new TreeMap<>();
    SortedMap<String, Double> champion = new TreeMap<>();
    SortedMap<String, Difference> differences = new TreeMap<>();
    if (part.candidate != null) {
      for (Measure measure : part.candidate.measures()) {
        String name = HoldoutStudy.name(measure);
        Resampled found = part.candidate.of(measure);
        metrics.put(name, found.figure());
        intervals.put(name, HoldoutStudy.interval(found.interval()));
        if (part.champion != null) {
          Resampled live = part.champion.of(measure);
          champion.put(name, live.figure());
          differences.put(name, HoldoutStudy.difference(found.less(live)));
        }
      }
    }
    return new Segment(
        part.column,
        part.value,
        part.rows,
        part.observed,
        part.meanScore,
        metrics,
        intervals,
        champion,
        differences,
        isWeak(part, parts, doubt),
        isWorse(part, doubt));
  }

  private boolean isWeak(Part part, List<Part> parts, double doubt) {
    if (part.candidate == null) {
      return false;
    }
    double rows = 0;
    double others = 0;
    double variance = 0;
    for (Part other : parts) {
      if (!other.value.equals(part.value) && other.candidate != null) {
        Resampled figure = other.candidate.of(mark);
        rows += other.rows;
        others += other.rows * figure.figure();
        variance += Math.pow(other.rows * figure.standardError(), 2);
      }
    }
    if (rows == 0) {
      return false;
    }
    Resampled own = part.candidate.of(mark);
    double error = Math.hypot(own.standardError(), Math.sqrt(variance) / rows);
    return isWorse(own.figure() - others / rows, error, doubt);
  }

  private boolean isWorse(Part part, double doubt) {
    if (part.candidate == null || part.champion == null) {
      return false;
    }
    Resampled gain = part.candidate.of(mark).less(part.champion.of(mark));
    return isWorse(gain.figure(), gain.standardError(), doubt);
  }

  private boolean isWorse(double difference, double error, double doubt) {
    double worsening = mark.isHigherBetter() ? -difference : difference;
    return worsening > 0 && worsening > doubt * error;
  }

  private static double[] pick(double[] values, int[] rows) {
    return Arrays.stream(rows).mapToDouble(row -> values[row]).toArray();
  }
}
