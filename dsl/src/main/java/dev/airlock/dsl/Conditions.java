package dev.airlock.dsl;

import dev.airlock.dsl.graph.Condition;
import java.util.List;

/**
 * What must hold of a new version while it takes over, to be imported statically: {@code
 * allOf(ERROR_RATE.atMost(0.01), SCORE_SHIFT.atMost(0.1))}.
 */
public final class Conditions {

  private final List<Condition> all;

  private Conditions(List<Condition> all) {
    this.all = all;
  }

  /** Each of these; one that does not hold is enough to take all traffic back. */
  public static Conditions allOf(Condition... conditions) {
    return new Conditions(List.of(conditions));
  }

  List<Condition> all() {
    return all;
  }
}
