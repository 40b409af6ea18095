package dev.airlock.scoring.drift;

import dev.airlock.scoring.Finite;
import dev.airlock.scoring.Ranks;
import java.util.Arrays;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * Holds what a number is like now against what it was like.
 *
 * <ul>
 *   <li>Population stability index: {@code Σ (q − p) · ln(q / p)} over the reference's bins, p and
 *       q the shares of the reference and of the window, each at least {@link #EPSILON} and then
 *       brought back to a sum of 1. It is Jeffreys' divergence of the binned shares.
 *   <li>Its noise: where both are samples of one distribution, the PSI over B bins is about {@code
 *       (1/n + 1/m) · χ²(B − 1)} (Yurdakul, "Statistical properties of population stability index",
 *       2018); here its 99 % quantile.
 *   <li>Kolmogorov–Smirnov: {@code sup |F(x) − G(x)|} of the empirical distribution functions, F
 *       from the reference's quantiles.
 *   <li>Jensen–Shannon distance: {@code √((KL(p‖m) + KL(q‖m)) / 2)} with {@code m = (p + q) / 2}
 *       and logarithms to base 2, over the same bins, without a least share (Endres and Schindelin,
 *       "A new metric for probability distributions", 2003).
 * </ul>
 */
public final class Drift {

  /** The smallest share that a bin counts with in the PSI, so that an empty one is no infinity. */
  public static final double EPSILON = 1e-4;

  private static final double CONFIDENCE = 0.99;

  private Drift() {}

  /**
   * How far the window has moved from the reference.
   *
   * @param window any finite numbers, in any order; left as they are
   * @throws IllegalArgumentException where there are none, or one is not finite
   */
  public static FeatureDrift between(Reference reference, double[] window) {
    Finite.requireSome("window", window);
    double[] sorted = Reference.sorted(window);
    double[] before =
        shares(
            reference.counts().stream().mapToLong(Long::longValue).toArray(),
            (double) reference.count());
    double[] now = shares(Reference.counts(sorted, reference.edges()), sorted.length);
    return new FeatureDrift(
        psi(floored(before), floored(now)),
        before.length,
        EPSILON,
        ks(Reference.array(reference.quantiles()), sorted),
        jensenShannon(before, now),
        sorted.length,
        noise(before.length, (double) reference.count(), (double) sorted.length));
  }

  private static double[] shares(long[] counts, double total) {
    return Arrays.stream(counts).mapToDouble(count -> count / total).toArray();
  }

  private static double[] floored(double[] shares) {
    double[] floored = Arrays.stream(shares).map(share -> Math.max(share, EPSILON)).toArray();
    double sum = Arrays.stream(floored).sum();
    return Arrays.stream(floored).map(share -> share / sum).toArray();
  }

  private static double psi(double[] before, double[] now) {
    double psi = 0;
    for (int bin = 0; bin < before.length; bin++) {
      psi += (now[bin] - before[bin]) * Math.log(now[bin] / before[bin]);
    }
    return psi;
  }

  private static double noise(int bins, double reference, double window) {
    double quantile =
        ChiSquaredDistribution.of(bins - 1.0).inverseCumulativeProbability(CONFIDENCE);
    return quantile * (1 / reference + 1 / window);
  }

  /** Both functions are steps, so the greatest distance stands at one of their steps. */
  private static double ks(double[] reference, double[] window) {
    double greatest = 0;
    for (double[] steps : new double[][] {reference, window}) {
      for (double x : steps) {
        double before = Ranks.atMost(reference, x) / (double) reference.length;
        double now = Ranks.atMost(window, x) / (double) window.length;
        greatest = Math.max(greatest, Math.abs(before - now));
      }
    }
    return greatest;
  }

  private static double jensenShannon(double[] before, double[] now) {
    double divergence = 0;
    for (int bin = 0; bin < before.length; bin++) {
      double middle = (before[bin] + now[bin]) / 2;
      divergence += towards(before[bin], middle) + towards(now[bin], middle);
    }
    return Math.sqrt(Math.min(1, Math.max(0, divergence / 2 / Math.log(2))));
  }

  private static double towards(double share, double middle) {
    return share == 0 ? 0 : share * Math.log(share / middle);
  }
}
