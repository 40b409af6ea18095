package dev.airlock.scoring;

/** Where a number stands among sorted ones. */
public final class Ranks {
  private Ranks() {}

  /** How many of the rising numbers are below x. */
  public static int below(double[] rising, double x) {
    int from = 0;
    int to = rising.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (rising[middle] < x) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /** How many of the rising numbers are at most x. */
  public static int atMost(double[] rising, double x) {
    int from = 0;
    int to = rising.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (rising[middle] <= x) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
