package dev.airlock.programs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** One stream of a program, told line by line to the attempt's log while it comes. */
final class Output {

  /** The log that has nothing but the lines of programs. */
  private static final Logger SAID = LoggerFactory.getLogger("airlock.output");

  /** What is kept of one attempt. The program may say more; nobody would read it. */
  private static final long MOST_KEPT = 10L << 20;

  private static final int LONGEST_LINE = 8_192;
  private static final int LAST_LINES = 20;

  private final Deque<String> last = new ArrayDeque<>();
  private final AtomicLong kept;
  private final Thread reader;

  private Output(InputStream stream, AtomicLong kept, @Nullable Map<String, String> attempt) {
    this.kept = kept;
    this.reader = new Thread(() -> tell(stream, attempt), "program-output");
    reader.setDaemon(true);
  }

  /**
   * Begins to read, for the attempt of the current thread.
   *
   * @param kept counts the bytes of all streams of the attempt
   */
  static Output follow(InputStream stream, AtomicLong kept) {
    Output output = new Output(stream, kept, MDC.getCopyOfContextMap());
    output.reader.start();
    return output;
  }

  /** Waits for the end of the stream, no longer than this. */
  void await(Duration longest) {
    try {
      reader.join(longest.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The last lines that were not blank, without hidden values. */
  List<String> lastLines() {
    synchronized (last) {
      return List.copyOf(last);
    }
  }

  private void tell(InputStream stream, @Nullable Map<String, String> attempt) {
    if (attempt != null) {
      MDC.setContextMap(attempt);
    }
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      StringBuilder line = new StringBuilder();
      for (int next = lines.read(); next >= 0; next = lines.read()) {
        if (next == '\n' || line.length() == LONGEST_LINE) {
          say(line);
        }
        if (next != '\n' && next != '\r') {
          line.append((char) next);
        }
      }
      if (!line.isEmpty()) {
        say(line);
      }
    } catch (IOException e) {
      // The program was ended while it spoke.
    }
  }

  private void say(StringBuilder line) {
    String masked = Mask.mask(line.toString());
    line.setLength(0);
    long before = kept.getAndAdd(masked.length() + 1L);
    if (before <= MOST_KEPT) {
      SAID.info("{}", masked);
      if (before + masked.length() + 1 > MOST_KEPT) {
        SAID.info("It says more than {} MiB; the rest is not kept.", MOST_KEPT >> 20);
      }
    }
    if (!masked.isBlank()) {
      synchronized (last) {
        last.addLast(masked);
        if (last.size() > LAST_LINES) {
          last.removeFirst();
        }
      }
    }
  }
}
