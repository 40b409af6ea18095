package dev.airlock.dsl.graph;

import org.jspecify.annotations.Nullable;

/**
 * What a monitor does when a figure crosses a bound.
 *
 * @param condition the breach
 * @param windows how many windows in a row must show it before the rule fires, at least 1
 * @param recovery the bound beyond which the breach counts as over, on the good side of the
 *     condition's own (hysteresis); null for the condition's own bound
 * @param consequence what happens
 * @param cooldown the shortest logical time between two firings, an ISO 8601 duration; null for
 *     none
 */
public record RuleSpec(
    Condition condition,
    int windows,
    @Nullable Double recovery,
    Consequence consequence,
    @Nullable Setting cooldown) {

  /** What a rule leads to. Each also opens an alert. */
  public enum Consequence {
    /** Somebody looks at it in the morning. */
    OPEN_TICKET,
    /** A new run of the pipeline, which passes the same gate. */
    RETRAIN,
    /** All traffic back to the version that was live before, and somebody is woken. */
    ROLL_BACK
  }
}
