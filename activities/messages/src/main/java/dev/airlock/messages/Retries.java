package dev.airlock.messages;

import java.time.Duration;

/** How long a message is tried, and how often. */
final class Retries {

  /** From when it was due. */
  static final Duration TRIED_FOR = Duration.ofHours(24);

  /** Nothing is due that far away. */
  static final Duration NEVER = Duration.ofDays(36_500);

  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final int DOUBLINGS = 12;

  private Retries() {}

  /** Twice as long each time, from one second up to an hour. */
  static Duration pause(int attempts) {
    Duration doubled = Duration.ofSeconds(1L << Math.min(Math.max(attempts, 0), DOUBLINGS));
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }
}
