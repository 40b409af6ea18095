package dev.airlock.web.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows down whoever guesses passwords. Failures are counted for a name from one address, and for
 * an address over all names; never for a name alone, or a stranger could lock its owner out. From
 * the fifth failure for a name on (the fiftieth for an address), each doubles the wait, from one
 * second to five minutes. An hour without a failure forgets them. Kept per process, in memory.
 */
final class FailedSignIns {
  private static final int FREE_FOR_NAME = 5;
  private static final int FREE_FOR_ADDRESS = 50;
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration MEMORY = Duration.ofHours(1);
  private static final int MOST_KEPT = 10_000;

  private final InstantSource clock;
  private final Map<String, Failures> byKey = new LinkedHashMap<>(16, 0.75f, true);

  private record Failures(int count, Instant last, Instant blockedUntil) {}

  FailedSignIns(InstantSource clock) {
    this.clock = clock;
  }

  /** How long this name must wait at this address before its next try; zero for not at all. */
  synchronized Duration wait(String name, String address) {
    Duration forName = left(key(name, address));
    Duration forAddress = left(address);
    return forName.compareTo(forAddress) > 0 ? forName : forAddress;
  }

  private Duration left(String key) {
    Failures failures = byKey.get(key);
    if (failures == null) {
      return Duration.ZERO;
    }
    Duration left = Duration.between(clock.instant(), failures.blockedUntil());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Notes a failure; answers how long the next try must wait. */
  synchronized Duration failed(String name, String address) {
    note(key(name, address), FREE_FOR_NAME);
    note(address, FREE_FOR_ADDRESS);
    while (byKey.size() > MOST_KEPT) {
      byKey.remove(byKey.keySet().iterator().next());
    }
    return wait(name, address);
  }

  private void note(String key, int free) {
    Instant now = clock.instant();
    Failures known = byKey.get(key);
    boolean isFresh = known != null && known.last().plus(MEMORY).isAfter(now);
    int count = isFresh && known != null ? known.count() + 1 : 1;
    byKey.put(key, new Failures(count, now, now.plus(pause(count, free))));
  }

  private static Duration pause(int count, int free) {
    if (count < free) {
      return Duration.ZERO;
    }
    Duration pause = Duration.ofSeconds(1L << Math.min(count - free, 20));
    return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
  }

  /** A success forgets the name's failures, but not what else the address has tried. */
  synchronized void succeeded(String name, String address) {
    byKey.remove(key(name, address));
  }

  /** A space is in no address. */
  private static String key(String name, String address) {
    return address + " " + name;
  }
}
