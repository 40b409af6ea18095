package dev.airlock.system;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Signals of the operating system to one process, named by its id. */
final class Signals {

  private Signals() {}

  /** Holds the process still; it can be killed, and does nothing else. */
  static void stop(long pid) {
    send("STOP", pid);
  }

  /** What Ctrl-C sends. */
  static void interrupt(long pid) {
    send("INT", pid);
  }

  private static void send(String signal, long pid) {
    try {
      int exit =
          new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
              .inheritIO()
              .start()
              .waitFor();
      if (exit != 0) {
        throw new AssertionError("kill -%s %d ended with %d".formatted(signal, pid, exit));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }
}
