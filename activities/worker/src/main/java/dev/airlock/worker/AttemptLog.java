package dev.airlock.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.airlock.programs.Mask;
import dev.airlock.store.ItemAttempt;
import dev.airlock.store.LogLevel;
import dev.airlock.store.LogPlace;
import dev.airlock.store.NewLogLine;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What one attempt says, whichever way: the lines that its thread logs, those that its code prints,
 * and, for a task of one's own, those of the threads that it begins. Each is written down by {@link
 * AttemptLogs} at once.
 */
final class AttemptLog implements AutoCloseable {

  /** The most lines of one attempt; what comes after them is not kept. */
  static final int MOST_LINES = 100_000;

  private static final InheritableThreadLocal<@Nullable AttemptLog> CURRENT =
      new InheritableThreadLocal<>() {
        @Override
        protected @Nullable AttemptLog childValue(@Nullable AttemptLog parent) {
          return parent != null && parent.isInherited ? parent : null;
        }
      };

  /** Under which the context of a line names its attempt, for threads that work for it. */
  static final String KEY = "attempt";

  private static final Map<String, AttemptLog> OPEN = new ConcurrentHashMap<>();

  private final AttemptLogs logs;
  private final String key;
  private final long runId;
  private final String stage;
  private final int attempt;
  private final boolean isKeptAtOnce;
  private final @Nullable AttemptLog before;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private volatile boolean isInherited;
  private volatile boolean isOver;
  private int number = -1;
  private int said;

  private AttemptLog(
      AttemptLogs logs, long runId, String stage, int attempt, boolean isKeptAtOnce) {
    this.logs = logs;
    this.key = "run-%d/%s/%d".formatted(runId, stage, attempt);
    this.runId = runId;
    this.stage = stage;
    this.attempt = attempt;
    this.isKeptAtOnce = isKeptAtOnce;
    this.before = CURRENT.get();
  }

  /** That of an attempt. Costs nothing as long as nothing is said. */
  static AttemptLog open(AttemptLogs logs, long runId, String stage, int attempt) {
    return new AttemptLog(logs, runId, stage, attempt, true);
  }

  /**
   * That of an attempt at an item of a map. What it says is kept in the logs' own rhythm, together
   * with what its neighbours say.
   */
  static AttemptLog ofItem(AttemptLogs logs, long runId, String stage, ItemAttempt attempt) {
    return new AttemptLog(
        logs, runId, new LogPlace(stage, attempt.index()).key(), attempt.attempt(), false);
  }

  /** Begins to listen to the current thread, which must be the one that closes it. */
  void listen() {
    CURRENT.set(this);
    OPEN.put(key, this);
    MDC.put(KEY, key);
  }

  /** That of the attempt of this name, as the context of its lines carries it; null for none. */
  static @Nullable AttemptLog named(@Nullable String key) {
    return key == null ? null : OPEN.get(key);
  }

  /** That of the attempt that the current thread works for, or null. */
  static @Nullable AttemptLog current() {
    AttemptLog log = CURRENT.get();
    return log == null || log.isOver ? null : log;
  }

  /** From now on listens to the threads as well that the current one begins. */
  static void listenToNewThreads() {
    AttemptLog log = CURRENT.get();
    if (log != null) {
      log.isInherited = true;
    }
  }

  /** One line, or several that belong together. */
  synchronized void say(LogLevel level, String text) {
    if (isOver || said > MOST_LINES) {
      return;
    }
    if (number < 0) {
      number = logs.lastNumber(runId, stage, attempt);
    }
    said++;
    boolean isTooMuch = said > MOST_LINES;
    logs.add(
        new NewLogLine(
            runId,
            stage,
            attempt,
            ++number,
            Instant.now(),
            isTooMuch ? LogLevel.WARN : level,
            isTooMuch
                ? "More than %,d lines: the rest is not kept.".formatted(MOST_LINES)
                : Mask.mask(text)));
  }

  /** Bytes that were printed; each line is said when it is whole. */
  synchronized void print(boolean isError, byte[] bytes, int offset, int length) {
    ByteArrayOutputStream line = isError ? err : out;
    int start = offset;
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == '\n') {
        line.write(bytes, start, i - start);
        finish(line, isError);
        start = i + 1;
      }
    }
    line.write(bytes, start, offset + length - start);
    if (line.size() > NewLogLine.LONGEST * 4) {
      finish(line, isError);
    }
  }

  private void finish(ByteArrayOutputStream line, boolean isError) {
    String text = line.toString(UTF_8);
    line.reset();
    say(
        isError ? LogLevel.WARN : LogLevel.INFO,
        text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
  }

  /** Ends it, and keeps what was said, as far as PostgreSQL answers; else that is done later. */
  @Override
  public void close() {
    if (before == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(before);
    }
    OPEN.remove(key);
    if (before == null) {
      MDC.remove(KEY);
    } else {
      MDC.put(KEY, before.key);
    }
    boolean isDue;
    synchronized (this) {
      if (out.size() > 0) {
        finish(out, false);
      }
      if (err.size() > 0) {
        finish(err, true);
      }
      isOver = true;
      isDue = said > 0 && isKeptAtOnce;
    }
    if (isDue) {
      logs.flush();
    }
  }
}
