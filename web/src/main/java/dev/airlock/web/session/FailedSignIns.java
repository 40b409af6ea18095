package dev.airlock.web.session;

import dev.airlock.web.http.Place;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Slows down whoever guesses passwords. Tries are counted before the password is looked at, so that
 * many at once are no way around, and taken back where it was right. They are counted
 *
 * <ul>
 *   <li>for a name from one place: from the fifth on, each doubles the wait, from one second to
 *       five minutes;
 *   <li>for a place over all names: the same from the fiftieth on;
 *   <li>for a name from everywhere: from the hundredth on, places from which nobody has signed in
 *       with it wait, at most a minute. Its owner, who comes from where they always come, does not:
 *       no stranger can lock them out.
 * </ul>
 *
 * A place is an IPv4 address or the /64 of an IPv6 address. An hour without a failure forgets them.
 * Kept per process, in memory.
 */
final class FailedSignIns {
  private static final Limit NAME_AT_PLACE = new Limit(5, Duration.ofMinutes(5));
  private static final Limit PLACE = new Limit(50, Duration.ofMinutes(5));
  private static final Limit NAME = new Limit(100, Duration.ofMinutes(1));
  private static final Duration MEMORY = Duration.ofHours(1);
  private static final int MOST_KEPT = 10_000;
  private static final int MOST_HOMES = 50;

  private final InstantSource clock;
  private final Map<String, Failures> atPlaces = new Kept<>();
  private final Map<String, Failures> places = new Kept<>();
  private final Map<String, Failures> names = new Kept<>();

  /** Places from which a name has signed in. */
  private final Map<String, Set<String>> known = new Kept<>();

  /** How many failures are free, and how long the wait can grow. */
  private record Limit(int free, Duration longest) {
    Duration pause(int count) {
      if (count < free) {
        return Duration.ZERO;
      }
      Duration pause = Duration.ofSeconds(1L << Math.min(count - free, 20));
      return pause.compareTo(longest) > 0 ? longest : pause;
    }
  }

  private record Failures(int count, Instant last, Instant blockedUntil) {
    static final Failures NONE = new Failures(0, Instant.MIN, Instant.MIN);
  }

  private static final class Kept<V> extends LinkedHashMap<String, V> {
    private static final long serialVersionUID = 1L;

    Kept() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
      return size() > MOST_KEPT;
    }
  }

  /**
   * What becomes of a try.
   *
   * @param left how long it must wait; zero where it may be made, and is counted
   * @param pause how long the next one must wait, should this one fail
   * @param beginsLockOut whether that is the first wait of this name or place
   */
  record Try(Duration left, Duration pause, boolean beginsLockOut) {
    boolean mustWait() {
      return !left.isZero();
    }
  }

  FailedSignIns(InstantSource clock) {
    this.clock = clock;
  }

  /** Whether places that are not known for the name have to wait for it. */
  synchronized boolean isSlow(String name) {
    return !left(names, name).isZero();
  }

  /**
   * Counts a try as failed, unless it must wait.
   *
   * @param isKnown whether this name is known to come from this address, as far as the caller knows
   */
  synchronized Try begin(String name, String address, boolean isKnown) {
    String place = Place.of(address);
    String key = key(name, place);
    boolean isAtHome = isKnown || known.getOrDefault(name, Set.of()).contains(place);
    Duration wait = longer(left(atPlaces, key), left(places, place));
    if (!isAtHome) {
      wait = longer(wait, left(names, name));
    }
    if (!wait.isZero()) {
      return new Try(wait, wait, false);
    }
    boolean begins = add(atPlaces, key, NAME_AT_PLACE, 1);
    begins |= add(places, place, PLACE, 1);
    begins |= add(names, name, NAME, 1);
    return new Try(Duration.ZERO, longer(left(atPlaces, key), left(places, place)), begins);
  }

  /**
   * Takes a try back, and forgets the failures of the name at this place, but not what else has
   * been tried from there.
   */
  synchronized void succeeded(String name, String address) {
    String place = Place.of(address);
    takeBack(name, address);
    atPlaces.remove(key(name, place));
    Set<String> homes = known.computeIfAbsent(name, any -> new LinkedHashSet<>());
    homes.remove(place);
    homes.add(place);
    if (homes.size() > MOST_HOMES) {
      homes.remove(homes.iterator().next());
    }
  }

  /** Takes a try back whose password nobody has looked at. */
  synchronized void takeBack(String name, String address) {
    String place = Place.of(address);
    add(atPlaces, key(name, place), NAME_AT_PLACE, -1);
    add(places, place, PLACE, -1);
    add(names, name, NAME, -1);
  }

  private Duration left(Map<String, Failures> failures, String key) {
    Instant until = failures.getOrDefault(key, Failures.NONE).blockedUntil();
    Instant now = clock.instant();
    return until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO;
  }

  /** Answers whether it is this one that uses up what is free. */
  private boolean add(Map<String, Failures> failures, String key, Limit limit, int more) {
    Instant now = clock.instant();
    Failures before = failures.getOrDefault(key, Failures.NONE);
    boolean isFresh = before.count() > 0 && before.last().plus(MEMORY).isAfter(now);
    int count = Math.max(0, (isFresh ? before.count() : 0) + more);
    if (count == 0) {
      failures.remove(key);
      return false;
    }
    Instant last = more > 0 ? now : before.last();
    failures.put(key, new Failures(count, last, last.plus(limit.pause(count))));
    return more > 0 && count == limit.free();
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /** A space is in no address. */
  private static String key(String name, String place) {
    return place + " " + name;
  }
}
