package dev.airlock.store;

/** What became of a wish to move traffic. */
public sealed interface CommandRequest {

  /** It is written down and on its way to the model's workflow. */
  record Recorded(long commandId) implements CommandRequest {}

  /** There is no such way through the gate. */
  record Forbidden(String reason) implements CommandRequest {}

  /** It does not fit how things stand. */
  record Conflict(String reason) implements CommandRequest {}
}
