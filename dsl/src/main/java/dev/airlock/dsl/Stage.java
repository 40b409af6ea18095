package dev.airlock.dsl;

import dev.airlock.dsl.graph.RetrySpec;
import java.time.Duration;
import java.util.List;

/**
 * A stage of the pipeline that is being built, to be handed to the stages that read its result.
 *
 * @param <T> what it gives
 */
public sealed class Stage<T> implements Input<T> permits EvaluationStage, MonitorStage, TaskStage {

  private final StageDraft draft;

  Stage(StageDraft draft) {
    this.draft = draft;
  }

  final StageDraft draft() {
    return draft;
  }

  /** Its name, unique in the pipeline. */
  public String name() {
    return draft.name();
  }

  /** Lets its SQL read these params, as {@code :name_of_param}. */
  public Stage<T> with(Param<?>... params) {
    draft.declare(List.of(params));
    return this;
  }

  /** So many attempts in all, after 1 s, 2 s, 4 s and so on. Without it there are three. */
  public Stage<T> retry(int maximumAttempts) {
    RetrySpec standard = RetrySpec.STANDARD;
    return retry(
        new RetrySpec(
            maximumAttempts,
            standard.firstBackoff(),
            standard.factor(),
            standard.maximumBackoff()));
  }

  public Stage<T> retry(RetrySpec retry) {
    draft.setRetry(retry);
    return this;
  }

  /** The longest that one attempt may take, at least a second. */
  public Stage<T> timeout(Duration timeout) {
    draft.setTimeout(timeout);
    return this;
  }
}
