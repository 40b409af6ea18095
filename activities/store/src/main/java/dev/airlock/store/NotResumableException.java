package dev.airlock.store;

/** A run can't be resumed as things stand. The message says why, and what to do. */
public final class NotResumableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotResumableException(String message) {
    super(message);
  }
}
