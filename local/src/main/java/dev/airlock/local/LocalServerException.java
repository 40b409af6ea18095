package dev.airlock.local;

/** A server of this machine could not be had; the message says what was tried and what to do. */
public final class LocalServerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public LocalServerException(String message) {
    super(message);
  }

  public LocalServerException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
