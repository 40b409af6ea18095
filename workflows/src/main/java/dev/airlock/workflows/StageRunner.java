package dev.airlock.workflows;

import io.temporal.workflow.Promise;

/** Carries out the stages of one kind. */
interface StageRunner {

  /** Begins, and answers at once; the promise fails as the stage does. */
  Promise<? extends StageOutput> start(StageTask task);

  /**
   * Whether it says itself when the stage runs or waits, instead of being told as running before it
   * starts.
   */
  default boolean tellsItself() {
    return false;
  }

  /**
   * Whether a run that is cancelled waits for it, however long it takes: for something outside is
   * under way, and its stage must say what became of that.
   */
  default boolean takesItsTime() {
    return false;
  }

  /**
   * Whether the run may continue as new while it is under way. It is then started once more, and
   * finds what it has begun.
   */
  default boolean isTakenUp() {
    return false;
  }
}
