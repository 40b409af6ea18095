package dev.airlock.web.events;

import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A reader's end of a stream, who takes all at once. */
final class Wire extends ServletOutputStream {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void setWriteListener(WriteListener listener) {
    try {
      listener.onWritePossible();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void write(int letter) {
    taken.write(letter);
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int length) {
    taken.write(bytes, from, length);
    notifyAll();
  }

  /** Returns once this row has come; fails where it does not. */
  synchronized void awaitRow(int number) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (!numbers().contains(number)) {
        long left = end - System.nanoTime();
        assertTrue(left > 0, () -> "row " + number + " has not come, only " + numbers());
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The numbers of the rows that have come. */
  synchronized List<Integer> numbers() {
    return taken
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith("id: "))
        .map(line -> Integer.valueOf(line.substring(4)))
        .toList();
  }
}
