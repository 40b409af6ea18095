package dev.airlock.store;

import dev.airlock.dsl.graph.RuleSpec.Consequence;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a check has made of one rule.
 *
 * @param after what the rule remembers from now on
 * @param cause of its alert: one open alert each
 * @param firing the rule fires now, or null
 * @param recovery why its open alert, if there is one, is over; null where it is not
 */
public record RuleVerdict(
    Monitors.RuleState after, String cause, @Nullable Firing firing, @Nullable String recovery) {

  /** What happens, and why. */
  public record Firing(Consequence consequence, String title, Map<String, Double> figures) {}
}
