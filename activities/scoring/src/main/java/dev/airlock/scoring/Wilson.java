package dev.airlock.scoring;

/**
 * How sure a share is (Wilson, "Probable inference, the law of succession, and statistical
 * inference", 1927).
 */
public final class Wilson {
  private static final double DEVIATIONS = 1.959963984540054;

  private Wilson() {}

  /** The lower end of the 95 % interval of the share that {@code hits} of {@code tries} show. */
  public static double low(long hits, long tries) {
    return bound((double) hits, (double) tries, -1);
  }

  /** The upper end of that interval. */
  public static double high(long hits, long tries) {
    return bound((double) hits, (double) tries, 1);
  }

  private static double bound(double hits, double tries, int side) {
    double share = hits / tries;
    double squared = DEVIATIONS * DEVIATIONS;
    double middle = share + squared / (2 * tries);
    double reach =
        DEVIATIONS * Math.sqrt(share * (1 - share) / tries + squared / (4 * tries * tries));
    double bound = (middle + side * reach) / (1 + squared / tries);
    return Math.min(1, Math.max(0, bound));
  }
}
