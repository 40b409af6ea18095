package dev.airlock.messages;

/** A message was not taken; its words say by whom and why. It is tried again. */
final class UndeliveredException extends Exception {
  private static final long serialVersionUID = 1L;

  UndeliveredException(String message) {
    super(message);
  }

  UndeliveredException(String message, Throwable cause) {
    super(message, cause);
  }
}
