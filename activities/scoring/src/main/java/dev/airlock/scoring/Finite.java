package dev.airlock.scoring;

/** Refuses NaN and infinity, which JSON can't hold and which would poison every sum. */
public final class Finite {
  private Finite() {}

  /**
   * The number.
   *
   * @throws IllegalArgumentException where it is not finite
   */
  public static double require(String name, double number) {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException(
          "%s is %s, expected a finite number".formatted(name, number));
    }
    return number;
  }

  /**
   * Refuses an array that holds a number which is not finite.
   *
   * @throws IllegalArgumentException that names the first one
   */
  public static void requireAll(String name, double[] numbers) {
    for (int i = 0; i < numbers.length; i++) {
      if (!Double.isFinite(numbers[i])) {
        throw new IllegalArgumentException(
            "%s[%d] is %s, expected a finite number".formatted(name, i, numbers[i]));
      }
    }
  }

  /**
   * Refuses an empty array too.
   *
   * @throws IllegalArgumentException where it is empty, or names the first that is not finite
   */
  public static void requireSome(String name, double[] numbers) {
    if (numbers.length == 0) {
      throw new IllegalArgumentException(name + " is empty, expected at least one number");
    }
    requireAll(name, numbers);
  }
}
