package dev.airlock.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A process that stands still, by SIGSTOP, until this is closed. A shell beside it lets it go on
 * when this process is gone, be it by {@code kill -9}.
 */
final class StoppedProcess implements AutoCloseable {

  private static final String GUARD =
      """
      kill -STOP "$1" || exit 1
      echo stopped
      read -r word
      kill -CONT "$1"
      """;

  private final Process guard;
  private final long since = System.nanoTime();

  private StoppedProcess(Process guard) {
    this.guard = guard;
  }

  /**
   * Stops a process of this user.
   *
   * @throws IllegalStateException where there is none of this id, or it belongs to somebody else
   */
  static StoppedProcess of(long pid) {
    try {
      Process guard =
          new ProcessBuilder("sh", "-c", GUARD, "sh", Long.toString(pid))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader said =
          new BufferedReader(
              new InputStreamReader(guard.getInputStream(), StandardCharsets.US_ASCII));
      if (said.readLine() == null) {
        throw new IllegalStateException(
            "Temporal's process " + pid + " can't be held: it has ended, or is somebody else's.");
      }
      return new StoppedProcess(guard);
    } catch (IOException e) {
      throw new UncheckedIOException("Temporal's process " + pid + " can't be held", e);
    }
  }

  /** How long it has stood still. */
  long millis() {
    return (System.nanoTime() - since) / 1_000_000;
  }

  /** Lets it go on, and answers once it does. */
  @Override
  public void close() {
    try {
      guard.getOutputStream().close();
      guard.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("Temporal's process can't be let go", e);
    } catch (InterruptedException e) {
      // The shell lets it go all the same.
      Thread.currentThread().interrupt();
    }
  }
}
