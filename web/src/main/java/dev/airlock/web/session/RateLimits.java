package dev.airlock.web.session;

import dev.airlock.web.http.Place;
import dev.airlock.web.http.ProblemException;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How often somebody may ask: each token and each session, everybody at one address together, and
 * strangers at one address; of IPv6 the whole /64 is one. A burst of three seconds' worth passes at
 * once. Predictions are never counted. Kept per process.
 */
public final class RateLimits {
  private static final int BURST_SECONDS = 3;

  /** A whole office behind one address asks as much as this many callers. */
  private static final int CALLERS_PER_ADDRESS = 10;

  private static final int STRANGERS_PART = 4;
  private static final int MOST_KEPT = 20_000;

  private final int perSecond;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MOST_KEPT;
        }
      };

  /**
   * Limits.
   *
   * @param perSecond requests of one token or session, on average; at least 1
   */
  public RateLimits(int perSecond) {
    this.perSecond = perSecond;
  }

  /**
   * Counts a request of somebody who has signed in.
   *
   * @param caller what stands for the token or the session
   * @throws ProblemException 429 where it is one too many
   */
  void admit(Context ctx, String caller) {
    take(ctx, "caller " + caller, perSecond);
  }

  /** The same of a stranger: a form to sign in, a wrong token. */
  void admitStranger(Context ctx, String address) {
    take(ctx, "stranger " + Place.of(address), Math.max(1, perSecond / STRANGERS_PART));
  }

  /** The same of anybody at this address, before it is known who. */
  void admitAddress(Context ctx, String address) {
    take(ctx, "address " + Place.of(address), perSecond * CALLERS_PER_ADDRESS);
  }

  /** Whether it is time to say of this caller that they ask too often: once in ten minutes. */
  boolean isWorthTelling(String caller) {
    return bucket(
            "told " + caller,
            () ->
                Bucket.builder()
                    .addLimit(limit -> limit.capacity(1).refillGreedy(1, Duration.ofMinutes(10)))
                    .build())
        .tryConsume(1);
  }

  private void take(Context ctx, String key, int rate) {
    ConsumptionProbe probe = bucket(key, rate).tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      long seconds = 1 + Duration.ofNanos(probe.getNanosToWaitForRefill()).toSeconds();
      ctx.header("Retry-After", Long.toString(seconds));
      throw ProblemException.tooMany(
          "More than %d requests a second from one place. Try again in %d s."
              .formatted(rate, seconds));
    }
  }

  private Bucket bucket(String key, int rate) {
    return bucket(
        key,
        () ->
            Bucket.builder()
                .addLimit(
                    limit ->
                        limit
                            .capacity((long) rate * BURST_SECONDS)
                            .refillGreedy(rate, Duration.ofSeconds(1)))
                .build());
  }

  private synchronized Bucket bucket(String key, Supplier<Bucket> made) {
    return buckets.computeIfAbsent(key, any -> made.get());
  }
}
