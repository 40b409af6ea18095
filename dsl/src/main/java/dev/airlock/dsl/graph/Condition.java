package dev.airlock.dsl.graph;

import dev.airlock.dsl.graph.Requirement.Comparison;
import java.util.Locale;

/** A bound on one figure of a live model: what a rule waits for, or what a canary must keep. */
public sealed interface Condition {

  /** {@link Comparison#AT_LEAST} or {@link Comparison#AT_MOST}. */
  Comparison comparison();

  /** The bound itself counts as holding. */
  double bound();

  /** The figure's lower-case name: {@code psi}, {@code brier_skill}. */
  String figure();

  /** Whether a figure satisfies it; never true of a figure that is not a number. */
  default boolean holds(double figure) {
    return comparison() == Comparison.AT_LEAST ? figure >= bound() : figure <= bound();
  }

  /** A figure on matured labels. */
  record OfMetric(Metric metric, Comparison comparison, double bound) implements Condition {
    @Override
    public String figure() {
      return metric.name().toLowerCase(Locale.ROOT);
    }
  }

  /** A figure that needs no labels, except {@link Signal#PREDICTED_OVER_OBSERVED}. */
  record OfSignal(Signal signal, Comparison comparison, double bound) implements Condition {
    @Override
    public String figure() {
      return signal.name().toLowerCase(Locale.ROOT);
    }
  }
}
