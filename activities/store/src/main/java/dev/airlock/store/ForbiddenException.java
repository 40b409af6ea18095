package dev.airlock.store;

/** The database refuses a change to whoever asked for it. The message says why. */
public final class ForbiddenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ForbiddenException(String message) {
    super(message);
  }
}
