package dev.airlock.store;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A wish for a backfill.
 *
 * @param from the first moment
 * @param to the last moment
 * @param params those that are given to each run
 * @param maxActive how many of its runs go at once, at least 1
 * @param acting whoever asks for it, and from where
 * @param idempotencyKey the same key of the same pipeline answers the same backfill; null for none
 */
public record NewBackfill(
    String pipeline,
    Instant from,
    Instant to,
    Map<String, String> params,
    int maxActive,
    Backfill.Sequence sequence,
    Backfill.Rerun rerun,
    String note,
    Acting acting,
    @Nullable String idempotencyKey) {
  public NewBackfill {
    params = Map.copyOf(params);
  }

  /** Whoever asks for it. */
  public String requestedBy() {
    return acting.actor();
  }
}
