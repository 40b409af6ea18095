package dev.airlock.dsl.graph;

import org.jspecify.annotations.Nullable;

/**
 * What the errors of a classifier cost. A calibrated probability p costs least as a yes where p is
 * at least {@link #threshold()} (Elkan, "The foundations of cost-sensitive learning", 2001).
 *
 * @param falsePositive what a yes costs that should be a no, above 0
 * @param falseNegative what a no costs that should be a yes, above 0
 * @param unit such as EUR; null for none
 */
public record CostSpec(double falsePositive, double falseNegative, @Nullable String unit) {

  /** The probability from which on a yes costs less than a no, between 0 and 1. */
  public double threshold() {
    return falsePositive / (falsePositive + falseNegative);
  }
}
