package dev.airlock.scoring;

import java.util.Arrays;

/**
 * Mean and spread of numbers.
 *
 * @param varianceOfMean the sample variance, over n − 1, divided by n
 */
record Moments(double mean, double varianceOfMean) {

  /** Of at least two numbers. */
  static Moments of(double[] numbers) {
    double n = numbers.length;
    double mean = Arrays.stream(numbers).sum() / n;
    double squares = Arrays.stream(numbers).map(number -> (number - mean) * (number - mean)).sum();
    return new Moments(mean, squares / (n - 1) / n);
  }
}
