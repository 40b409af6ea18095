package dev.airlock.scoring;

/**
 * Rows of similar score.
 *
 * @param count how many rows, at least 1
 * @param meanPredicted the mean of their scores
 * @param observedRate the share of class 1 among them
 */
public record CalibrationBin(int count, double meanPredicted, double observedRate) {}
