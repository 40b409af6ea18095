package dev.airlock.monitoring;

import java.util.Arrays;

/** A growing column of numbers. */
final class Numbers {
  private static final int FIRST_SIZE = 1024;

  private double[] numbers = new double[FIRST_SIZE];
  private int size;

  void add(double number) {
    if (size == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * size);
    }
    numbers[size++] = number;
  }

  int size() {
    return size;
  }

  double[] toArray() {
    return Arrays.copyOf(numbers, size);
  }
}
