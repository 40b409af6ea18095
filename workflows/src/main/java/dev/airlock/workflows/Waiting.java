package dev.airlock.workflows;

import io.temporal.failure.ApplicationFailure;
import java.time.Duration;

/** How a stage ends that has waited in vain. */
final class Waiting {

  private Waiting() {}

  /**
   * The failure that ends it.
   *
   * @param what did not happen, the beginning of a sentence
   * @param orSkip whether the stage is skipped, and has not failed
   */
  static ApplicationFailure inVain(String what, Duration within, boolean orSkip) {
    return StageFailure.of(
        orSkip ? StageFailure.SKIPPED : StageFailure.TIMED_OUT,
        "%s within %s.".formatted(what, Words.of(within)));
  }
}
