package dev.airlock.store;

/** What was decided rests on rows that have changed since: decide again. */
public final class OvertakenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OvertakenException(String message) {
    super(message);
  }
}
