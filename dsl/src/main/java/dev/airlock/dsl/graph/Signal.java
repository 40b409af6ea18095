package dev.airlock.dsl.graph;

import dev.airlock.dsl.graph.Requirement.Comparison;

/**
 * What can be seen of a live model, in one window of a monitor or one step of a canary. Figures
 * that need outcomes are {@link Metric}s, and {@link #PREDICTED_OVER_OBSERVED}.
 */
public enum Signal {
  /**
   * Population stability index of the feature that has moved furthest from the training rows, over
   * their deciles; 0 is no movement.
   */
  PSI,
  /** Kolmogorov–Smirnov distance of the feature that has moved furthest, 0 to 1. */
  KS,
  /** Jensen–Shannon distance (base 2) of the feature that has moved furthest, 0 to 1. */
  JENSEN_SHANNON,
  /** Population stability index of the scores against those of the rows that judged the version. */
  SCORE_SHIFT,
  /** Sum of the probabilities over the number of yes, on matured labels; 1 is right on average. */
  PREDICTED_OVER_OBSERVED,
  /** Share of requests that the version has failed to answer, 0 to 1. */
  ERROR_RATE,
  /** 99th percentile of the time that an answer takes inside the gateway, in milliseconds. */
  P99_MILLIS,
  /** How many predictions were given. */
  PREDICTIONS,
  /** Days from the newest moment that the version was judged on to the check. */
  AGE_DAYS;

  public Condition atLeast(double bound) {
    return new Condition.OfSignal(this, Comparison.AT_LEAST, bound);
  }

  public Condition atMost(double bound) {
    return new Condition.OfSignal(this, Comparison.AT_MOST, bound);
  }
}
