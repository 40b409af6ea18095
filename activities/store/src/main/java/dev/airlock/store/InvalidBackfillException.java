package dev.airlock.store;

/** A backfill that can't be; the message says why, and what to do. */
public final class InvalidBackfillException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidBackfillException(String message) {
    super(message);
  }
}
