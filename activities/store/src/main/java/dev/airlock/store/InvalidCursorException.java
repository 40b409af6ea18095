package dev.airlock.store;

/** A list was asked to go on from a cursor that no page gave. */
public final class InvalidCursorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidCursorException(String cursor) {
    super("'" + cursor + "' is no cursor of this list: take the 'next' of an earlier page.");
  }
}
