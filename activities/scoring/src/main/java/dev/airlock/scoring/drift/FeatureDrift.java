package dev.airlock.scoring.drift;

/**
 * How far one number has moved; the formulas are in {@link Drift}.
 *
 * @param psi population stability index, from 0; commonly read: below 0.1 stable, above 0.2 moved
 * @param bins how many bins it was counted in
 * @param epsilon the smallest share that a bin counts with
 * @param ks Kolmogorov–Smirnov distance, 0 to 1
 * @param jensenShannon Jensen–Shannon distance with base 2, 0 to 1
 * @param rows how many values were held against the reference
 * @param noise the PSI that two samples of these sizes from one distribution exceed once in a
 *     hundred times: a PSI up to it can't be told from no drift at all
 */
public record FeatureDrift(
    double psi,
    int bins,
    double epsilon,
    double ks,
    double jensenShannon,
    long rows,
    double noise) {

  /** Whether the PSI is more than samples of these sizes show by chance. */
  public boolean exceedsNoise() {
    return psi > noise;
  }
}
