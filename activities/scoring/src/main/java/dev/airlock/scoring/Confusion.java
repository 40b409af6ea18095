package dev.airlock.scoring;

/**
 * What is right and wrong where every score from a threshold on counts as yes.
 *
 * @param threshold the smallest score that counts as yes
 */
public record Confusion(
    double threshold,
    long truePositives,
    long falsePositives,
    long trueNegatives,
    long falseNegatives) {

  /** What the errors cost, a row. */
  public double cost(double falsePositive, double falseNegative) {
    double rows = (double) truePositives + falsePositives + trueNegatives + falseNegatives;
    return (falsePositives * falsePositive + falseNegatives * falseNegative) / rows;
  }
}
