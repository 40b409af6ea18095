package dev.airlock.dsl.graph;

/** How the stages before a stage must have ended for it to start. Airflow's names. */
public enum TriggerRule {
  /** All succeeded. A skipped one skips it too, a failed one fails it. */
  ALL_SUCCESS,
  /** All failed. */
  ALL_FAILED,
  /** All ended, however. */
  ALL_DONE,
  /** All were skipped. */
  ALL_SKIPPED,
  /** At least one succeeded; it does not wait for the others. */
  ONE_SUCCESS,
  /** At least one failed, by itself or for what was before it; it does not wait for the others. */
  ONE_FAILED,
  /** At least one has succeeded or failed by itself; it does not wait for the others. */
  ONE_DONE,
  /** None failed: all succeeded or were skipped. */
  NONE_FAILED,
  /** None failed, and at least one succeeded. */
  NONE_FAILED_MIN_ONE_SUCCESS,
  /** All ended, and none was skipped. */
  NONE_SKIPPED,
  /** It waits for nothing. */
  ALWAYS
}
