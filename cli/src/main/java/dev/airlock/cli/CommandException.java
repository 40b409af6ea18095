package dev.airlock.cli;

/** Ends a command with a sentence and an exit code. */
class CommandException extends RuntimeException {

  /** The thing that was asked for failed. */
  static final int FAILED = 1;

  /** The command was used wrongly. */
  static final int WRONG_USE = 2;

  /** The server cannot be reached. */
  static final int UNREACHABLE = 3;

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  CommandException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }

  static CommandException failed(String message) {
    return new CommandException(FAILED, message);
  }

  static CommandException wrongUse(String message) {
    return new CommandException(WRONG_USE, message);
  }

  static CommandException unreachable(String message) {
    return new CommandException(UNREACHABLE, message);
  }
}
