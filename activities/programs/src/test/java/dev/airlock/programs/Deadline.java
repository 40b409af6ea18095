package dev.airlock.programs;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Looks again and again until something holds, or fails the test. */
final class Deadline {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(20);

  private Deadline() {}

  static void awaits(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Waited %d s for %s.".formatted(LIMIT.toSeconds(), what));
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }
}
