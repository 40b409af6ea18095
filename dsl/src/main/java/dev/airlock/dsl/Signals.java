package dev.airlock.dsl;

import dev.airlock.dsl.graph.Signal;

/**
 * What can be seen of a live model, to be imported statically: {@code PSI.atLeast(0.2)}. Figures on
 * labels are among {@link Metrics}.
 */
public final class Signals {

  /** Population stability index of the feature that has moved furthest from the training rows. */
  public static final Signal PSI = Signal.PSI;

  /** Kolmogorov–Smirnov distance of the feature that has moved furthest, 0 to 1. */
  public static final Signal KS = Signal.KS;

  /** Jensen–Shannon distance (base 2) of the feature that has moved furthest, 0 to 1. */
  public static final Signal JENSEN_SHANNON = Signal.JENSEN_SHANNON;

  /** Population stability index of the scores against those of the rows that judged the version. */
  public static final Signal SCORE_SHIFT = Signal.SCORE_SHIFT;

  /** Sum of the probabilities over the number of yes, on matured labels; 1 is right on average. */
  public static final Signal PREDICTED_OVER_OBSERVED = Signal.PREDICTED_OVER_OBSERVED;

  /** Share of requests that the version has failed to answer, 0 to 1. */
  public static final Signal ERROR_RATE = Signal.ERROR_RATE;

  /** 99th percentile of the time that an answer takes inside the gateway, in milliseconds. */
  public static final Signal P99_MILLIS = Signal.P99_MILLIS;

  /** How many predictions were given. */
  public static final Signal PREDICTIONS = Signal.PREDICTIONS;

  /** Days from the newest moment that the version was judged on to the check. */
  public static final Signal AGE_DAYS = Signal.AGE_DAYS;

  private Signals() {}
}
