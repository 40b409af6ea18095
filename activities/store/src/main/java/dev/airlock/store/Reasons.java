package dev.airlock.store;

import java.util.Optional;

/** What people say why. It stands in the audit for ever, so it has a measure. */
final class Reasons {

  /** In characters. */
  static final int LONGEST = 2_000;

  private Reasons() {}

  /**
   * What is wrong with a reason; empty where nothing is.
   *
   * @param what needs it, such as {@code A decision}
   */
  static Optional<String> fault(String what, String reason) {
    if (reason.isBlank()) {
      return Optional.of(what + " needs a reason.");
    }
    int length = reason.strip().length();
    return length > LONGEST
        ? Optional.of(
            "%s takes a reason of at most %,d characters; this one has %,d."
                .formatted(what, LONGEST, length))
        : Optional.empty();
  }
}
