package dev.airlock.scoring;

/**
 * What one threshold would do.
 *
 * @param falsePositiveRate the share of class 0 that scores at least the threshold
 * @param truePositiveRate the share of class 1 that scores at least the threshold
 */
public record RocPoint(double falsePositiveRate, double truePositiveRate) {}
