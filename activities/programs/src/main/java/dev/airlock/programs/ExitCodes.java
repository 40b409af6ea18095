package dev.airlock.programs;

import java.util.Map;

/** What an exit code tells. */
final class ExitCodes {

  private static final int SIGNALS = 128;

  private static final Map<Integer, String> SIGNAL_WORDS =
      Map.of(
          1, "HUP",
          2, "INT",
          6, "ABRT",
          9, "KILL, by somebody or for want of memory",
          11, "SEGV",
          15, "TERM",
          24, "XCPU: it used up the time of the processor that it has",
          25, "XFSZ: it wrote a longer file than it may",
          31, "SYS");

  private ExitCodes() {}

  /** "ended with exit code 3", "was ended by the signal TERM". */
  static String words(int exitCode) {
    String signal = SIGNAL_WORDS.get(exitCode - SIGNALS);
    return signal == null
        ? "ended with exit code " + exitCode
        : "was ended by the signal " + signal + " (exit code " + exitCode + ")";
  }
}
