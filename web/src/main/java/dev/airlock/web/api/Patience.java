package dev.airlock.web.api;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for something that another process is about to write down. */
final class Patience {
  private static final Duration PAUSE = Duration.ofMillis(40);

  private Patience() {}

  /** Looks until it is settled or the time is over, and answers the last look. */
  static <T> T until(Duration longest, Supplier<T> look, Predicate<T> isSettled) {
    long deadline = System.nanoTime() + longest.toNanos();
    T seen = look.get();
    while (!isSettled.test(seen)
        && System.nanoTime() < deadline
        && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(PAUSE.toNanos());
      seen = look.get();
    }
    return seen;
  }
}
