package dev.airlock.workflows;

/**
 * What a person wants of a rollout, as it stands in its row.
 *
 * @param by who
 */
public record RolloutControl(long id, long rolloutId, Kind kind, String by, String reason) {

  /** The wish. */
  public enum Kind {
    /** Stay at this weight. */
    PAUSE,
    /** Go on: the current step is held and judged anew. */
    RESUME,
    /** All traffic to the new version now, whatever the analysis says; the gate still decides. */
    PROMOTE,
    /** All traffic back to the champion. */
    ABORT
  }
}
