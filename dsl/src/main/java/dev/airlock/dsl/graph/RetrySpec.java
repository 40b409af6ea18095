package dev.airlock.dsl.graph;

import java.time.Duration;

/**
 * Retries with exponential backoff.
 *
 * @param maximumAttempts attempts in all, at least 1
 * @param firstBackoff the wait before the second attempt
 * @param factor by which each further wait grows, at least 1
 * @param maximumBackoff the longest wait
 */
public record RetrySpec(
    int maximumAttempts, Duration firstBackoff, double factor, Duration maximumBackoff) {

  /** Three attempts, after 1 s, then 2 s, never more than a minute apart. */
  public static final RetrySpec STANDARD =
      new RetrySpec(3, Duration.ofSeconds(1), 2.0, Duration.ofMinutes(1));
}
