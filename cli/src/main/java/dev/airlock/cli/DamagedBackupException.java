package dev.airlock.cli;

/** A file that is no whole backup. The message is the end of a sentence that begins with it. */
final class DamagedBackupException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DamagedBackupException(String what) {
    super(what);
  }
}
