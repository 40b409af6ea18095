package dev.airlock.dsl;

import dev.airlock.dsl.graph.QuotaSpec;

/**
 * How many items of a map may fail before the stage does. The items that failed are missing from
 * its result; their errors are kept.
 */
public final class Failures {

  private final QuotaSpec spec;

  private Failures(QuotaSpec spec) {
    this.spec = spec;
  }

  /** At most so many items, from 0. */
  public static Failures atMost(int items) {
    return new Failures(new QuotaSpec(items, null));
  }

  /** At most so many of a hundred items, from 0 to 100; rounded down to whole items. */
  public static Failures percent(double percent) {
    return new Failures(new QuotaSpec(null, percent));
  }

  QuotaSpec spec(Findings findings) {
    if (spec.items() != null && spec.items() < 0) {
      findings.add("It tolerates %d failed items.".formatted(spec.items()), "Tolerate 0 or more.");
    }
    if (spec.percent() != null && !(spec.percent() >= 0 && spec.percent() <= 100)) {
      findings.add(
          "It tolerates %s percent of its items to fail.".formatted(spec.percent()),
          "Keep it between 0 and 100.");
    }
    return spec;
  }
}
