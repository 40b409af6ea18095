package dev.airlock.store;

import dev.airlock.workflows.ResumePlan;
import dev.airlock.workflows.StageOutput;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A wish for a run of a pipeline's current version.
 *
 * @param params those that are given; the rest take their defaults
 * @param logicalDate the moment that the run stands for; now where it is null
 * @param acting whoever counts as having asked, and from where the wish came
 * @param triggeredBy what starts it, in words: "engineer", "schedule"
 * @param triggerDetail JSON: what started it, beyond a word; null for no more than the word
 * @param idempotencyKey the same key of the same pipeline answers the same run; null for none
 * @param resumption the run that it goes on with, or null
 */
public record NewRun(
    String pipeline,
    Map<String, String> params,
    @Nullable Instant logicalDate,
    Acting acting,
    String triggeredBy,
    String note,
    @Nullable String triggerDetail,
    @Nullable String idempotencyKey,
    @Nullable Resumption resumption) {
  public NewRun {
    params = Map.copyOf(params);
  }

  /** Whoever counts as having asked. */
  public String requestedBy() {
    return acting.actor();
  }

  /**
   * What a run that resumes another one takes from it.
   *
   * @param version the pipeline's version that it runs
   * @param outputs what is taken, by the stage that gave it
   */
  record Resumption(long parent, int version, ResumePlan plan, Map<String, StageOutput> outputs) {
    Resumption {
      outputs = Map.copyOf(outputs);
    }
  }

  /** A wish that begins at the beginning. */
  public NewRun(
      String pipeline,
      Map<String, String> params,
      @Nullable Instant logicalDate,
      Acting acting,
      String triggeredBy,
      String note,
      @Nullable String triggerDetail,
      @Nullable String idempotencyKey) {
    this(
        pipeline,
        params,
        logicalDate,
        acting,
        triggeredBy,
        note,
        triggerDetail,
        idempotencyKey,
        null);
  }

  /** A wish that a word explains. */
  public NewRun(
      String pipeline,
      Map<String, String> params,
      @Nullable Instant logicalDate,
      Acting acting,
      String triggeredBy,
      String note,
      @Nullable String idempotencyKey) {
    this(pipeline, params, logicalDate, acting, triggeredBy, note, null, idempotencyKey);
  }
}
