package dev.airlock.monitoring;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Signal;
import java.util.Locale;

/** The three sides of a window, each measured for itself. */
enum Aspect {
  /** Features, scores and their number: known once the window has closed. */
  DRIFT,
  /** Requests and errors: known once the window has closed. */
  SERVICE,
  /** Matured labels: known once the window's last prediction has matured. */
  PERFORMANCE;

  /** Which side a condition looks at; {@link Signal#AGE_DAYS} looks at none. */
  static Aspect of(Condition condition) {
    if (condition instanceof Condition.OfSignal signal) {
      return switch (signal.signal()) {
        case PSI, KS, JENSEN_SHANNON, SCORE_SHIFT, PREDICTIONS -> DRIFT;
        case ERROR_RATE, P99_MILLIS -> SERVICE;
        case PREDICTED_OVER_OBSERVED -> PERFORMANCE;
        case AGE_DAYS -> throw new IllegalArgumentException("A version's age is in no window.");
      };
    }
    return PERFORMANCE;
  }

  /** As rows have it: {@code drift}. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
