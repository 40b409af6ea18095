package dev.airlock.store;

/** A fact must wait for another one to be carried first. */
final class NotYetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotYetException(String message) {
    super(message);
  }
}
