package dev.airlock.dsl.graph;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Retries with exponential backoff.
 *
 * @param maximumAttempts attempts in all, at least 1
 * @param firstBackoff the wait before the second attempt
 * @param factor by which each further wait grows, at least 1
 * @param maximumBackoff the longest wait
 * @param retryOn the only failures that are worth another try: names of exceptions' classes, whose
 *     subclasses count too, or Airlock's own types such as {@code timed-out}; null for all
 * @param neverRetryOn the failures that are not, in the same way; null for none
 */
public record RetrySpec(
    int maximumAttempts,
    Duration firstBackoff,
    double factor,
    Duration maximumBackoff,
    @Nullable List<String> retryOn,
    @Nullable List<String> neverRetryOn) {

  /** Three attempts, after 1 s, then 2 s, never more than a minute apart. */
  public static final RetrySpec STANDARD =
      new RetrySpec(3, Duration.ofSeconds(1), 2.0, Duration.ofMinutes(1));

  public RetrySpec {
    retryOn = retryOn == null ? null : List.copyOf(retryOn);
    neverRetryOn = neverRetryOn == null ? null : List.copyOf(neverRetryOn);
  }

  /** Retries after whatever failure. */
  public RetrySpec(
      int maximumAttempts, Duration firstBackoff, double factor, Duration maximumBackoff) {
    this(maximumAttempts, firstBackoff, factor, maximumBackoff, null, null);
  }

  /** Whether a failure that goes by any of these names is to be tried again. */
  public boolean isWorthAnother(String... names) {
    List<String> its = List.of(names);
    return (retryOn == null || its.stream().anyMatch(retryOn::contains))
        && (neverRetryOn == null || its.stream().noneMatch(neverRetryOn::contains));
  }
}
