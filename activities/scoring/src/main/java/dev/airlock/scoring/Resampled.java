package dev.airlock.scoring;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.NormalDistribution;

/** A figure, and what it would have been on rows drawn again. */
public final class Resampled {

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  private final double figure;
  private final double[] drawn;

  /**
   * A figure.
   *
   * @param drawn the same on resamples, at least one, in the order in which they were drawn
   */
  Resampled(double figure, double[] drawn) {
    this.figure = figure;
    this.drawn = drawn;
  }

  /** Of the rows as they are. */
  public double figure() {
    return figure;
  }

  /**
   * The 95 % interval: percentiles of the drawn figures, moved where the drawn lie to one side of
   * the figure (bias-corrected; Efron and Tibshirani, 14.3 with no acceleration), and wide enough
   * to hold the figure itself.
   */
  public Interval interval() {
    double[] sorted = drawn.clone();
    Arrays.sort(sorted);
    double twiceBelow = Ranks.below(sorted, figure) + (double) Ranks.atMost(sorted, figure);
    double least = 1 / (sorted.length + 1.0);
    double share = Math.min(1 - least, Math.max(least, twiceBelow / 2 / sorted.length));
    double bias = 2 * NORMAL.inverseCumulativeProbability(share);
    double low = quantile(sorted, bias - PairedDifference.DEVIATIONS);
    double high = quantile(sorted, bias + PairedDifference.DEVIATIONS);
    return new Interval(Math.min(low, figure), Math.max(high, figure));
  }

  private static double quantile(double[] sorted, double deviations) {
    double place = NORMAL.cumulativeProbability(deviations) * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /** By how much it differs from another figure, drawn by the same draw. */
  public Resampled less(Resampled other) {
    double[] differences = new double[drawn.length];
    Arrays.setAll(differences, i -> drawn[i] - other.drawn[i]);
    return new Resampled(figure - other.figure, differences);
  }

  /** How far the drawn figures lie from their mean: the figure's standard error. */
  public double standardError() {
    double mean = Arrays.stream(drawn).average().orElse(figure);
    double squares = Arrays.stream(drawn).map(one -> (one - mean) * (one - mean)).sum();
    return Math.sqrt(squares / Math.max(1, drawn.length - 1));
  }

  /**
   * How many standard errors lie between 0 and a difference before chance shows it in fewer than 5
   * of 100 such looks at {@code looks} differences (Bonferroni).
   */
  public static double doubt(int looks) {
    return -NORMAL.inverseCumulativeProbability(0.025 / Math.max(1, looks));
  }
}
