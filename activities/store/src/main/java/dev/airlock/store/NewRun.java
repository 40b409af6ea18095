package dev.airlock.store;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A wish for a run of a pipeline's current version.
 *
 * @param params those that are given; the rest take their defaults
 * @param logicalDate the moment that the run stands for; now where it is null
 * @param requestedBy whoever counts as having asked
 * @param triggeredBy what starts it, in words: "engineer", "schedule"
 * @param triggerDetail JSON: what started it, beyond a word; null for no more than the word
 * @param idempotencyKey the same key of the same pipeline answers the same run; null for none
 */
public record NewRun(
    String pipeline,
    Map<String, String> params,
    @Nullable Instant logicalDate,
    String requestedBy,
    String triggeredBy,
    String note,
    @Nullable String triggerDetail,
    @Nullable String idempotencyKey) {
  public NewRun {
    params = Map.copyOf(params);
  }

  /** A wish that a word explains. */
  public NewRun(
      String pipeline,
      Map<String, String> params,
      @Nullable Instant logicalDate,
      String requestedBy,
      String triggeredBy,
      String note,
      @Nullable String idempotencyKey) {
    this(pipeline, params, logicalDate, requestedBy, triggeredBy, note, null, idempotencyKey);
  }
}
