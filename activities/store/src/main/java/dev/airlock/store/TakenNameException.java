package dev.airlock.store;

/** Something of this name is there already. The message says what. */
public final class TakenNameException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TakenNameException(String message) {
    super(message);
  }
}
