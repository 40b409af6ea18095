package dev.airlock.store;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Looks again and again until something holds, or fails the test. */
final class Deadline {

  private static final Duration LOOK = Duration.ofMillis(20);

  private Deadline() {}

  static void within(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Did not come true within " + limit + ".");
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }
}
