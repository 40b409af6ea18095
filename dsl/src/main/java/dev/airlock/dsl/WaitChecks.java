package dev.airlock.dsl;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a stage may wait. */
final class WaitChecks {

  private WaitChecks() {}

  static void check(@Nullable Duration within, String what, Findings findings) {
    if (within == null) {
      findings.add(
          "The %s does not say how long it waits.".formatted(what),
          "Give it a time: .within(ofHours(6)).");
    } else if (within.compareTo(StageDraft.SHORTEST) < 0
        || within.compareTo(PendingSensor.LONGEST_WAIT) > 0) {
      findings.add(
          "The %s waits for %s.".formatted(what, within),
          "Keep it between %s and %s.".formatted(StageDraft.SHORTEST, PendingSensor.LONGEST_WAIT));
    }
  }
}
