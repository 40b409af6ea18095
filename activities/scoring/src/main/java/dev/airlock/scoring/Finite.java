package dev.airlock.scoring;

/** Refuses NaN and infinity, which JSON can't hold and which would poison every sum. */
final class Finite {
  private Finite() {}

  static double require(String name, double number) {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException(
          "%s is %s, expected a finite number".formatted(name, number));
    }
    return number;
  }

  static void requireAll(String name, double[] numbers) {
    for (int i = 0; i < numbers.length; i++) {
      if (!Double.isFinite(numbers[i])) {
        throw new IllegalArgumentException(
            "%s[%d] is %s, expected a finite number".formatted(name, i, numbers[i]));
      }
    }
  }

  static void requireSome(String name, double[] numbers) {
    if (numbers.length == 0) {
      throw new IllegalArgumentException(name + " is empty, expected at least one number");
    }
    requireAll(name, numbers);
  }
}
