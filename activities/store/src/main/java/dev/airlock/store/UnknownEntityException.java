package dev.airlock.store;

/** Something that was named does not exist. The message says what. */
public final class UnknownEntityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnknownEntityException(String message) {
    super(message);
  }
}
