package dev.airlock.system;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Looks again and again until something is there or the time is up. While processes are being
 * killed a look may fail to connect; that counts as not there yet.
 */
final class Await {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private Await() {}

  /** What the look finds at last. */
  static <T> T found(Duration within, String what, Supplier<Optional<T>> look) {
    return found(within, () -> what, look);
  }

  private static <T> T found(Duration within, Supplier<String> what, Supplier<Optional<T>> look) {
    long deadline = System.nanoTime() + within.toNanos();
    String seen = "nothing";
    while (true) {
      try {
        Optional<T> found = look.get();
        if (found.isPresent()) {
          return found.get();
        }
      } catch (UncheckedIOException e) {
        seen = String.valueOf(e.getMessage());
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "Waited %d s for %s. Seen last: %s".formatted(within.toSeconds(), what.get(), seen));
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
  }

  static void holds(Duration within, String what, BooleanSupplier look) {
    holds(within, () -> what, look);
  }

  /** As above, for what can only be told once the time is up. */
  static void holds(Duration within, Supplier<String> what, BooleanSupplier look) {
    found(within, what, () -> look.getAsBoolean() ? Optional.of(true) : Optional.empty());
  }
}
