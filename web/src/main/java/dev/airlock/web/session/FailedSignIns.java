package dev.airlock.web.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Slows down whoever guesses passwords: after five failures for one name, each further one doubles
 * the wait, from one second to five minutes. A success forgets them. Kept per process, in memory.
 */
final class FailedSignIns {
  private static final int FREE = 5;
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final int MOST_NAMES = 10_000;

  private final InstantSource clock;
  private final Map<String, Failures> byName = new HashMap<>();

  private record Failures(int count, Instant blockedUntil) {}

  FailedSignIns(InstantSource clock) {
    this.clock = clock;
  }

  /** How long the name must wait before its next try; zero where it may try now. */
  synchronized Duration wait(String name) {
    Failures failures = byName.get(name);
    if (failures == null) {
      return Duration.ZERO;
    }
    Duration left = Duration.between(clock.instant(), failures.blockedUntil());
    return left.isNegative() ? Duration.ZERO : left;
  }

  synchronized void failed(String name) {
    if (byName.size() >= MOST_NAMES) {
      byName.values().removeIf(failures -> failures.blockedUntil().isBefore(clock.instant()));
    }
    if (byName.size() >= MOST_NAMES) {
      byName.clear();
    }
    int count = byName.getOrDefault(name, new Failures(0, Instant.EPOCH)).count() + 1;
    byName.put(name, new Failures(count, clock.instant().plus(pause(count))));
  }

  private static Duration pause(int count) {
    if (count < FREE) {
      return Duration.ZERO;
    }
    Duration pause = Duration.ofSeconds(1L << Math.min(count - FREE, 20));
    return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
  }

  synchronized void succeeded(String name) {
    byName.remove(name);
  }
}
