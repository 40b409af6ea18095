package dev.airlock.scoring;

/**
 * How well a regression did on a set of rows; the formulas are in {@link RegressionMetrics}.
 *
 * @param count how many rows were judged
 * @param meanLabel the mean of the true numbers, in the label's unit
 * @param rmse root mean squared error, in the label's unit; lower is better
 * @param mae mean absolute error, in the label's unit; lower is better
 * @param r2 share of the labels' variance that is explained; 1 is perfect, 0 is no better than the
 *     mean
 */
public record RegressionEvaluation(
    int count, double meanLabel, double rmse, double mae, double r2) {}
