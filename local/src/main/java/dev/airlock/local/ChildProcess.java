package dev.airlock.local;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A process that never outlives this one. Its output goes to a log file. A guard beside it reads a
 * pipe that this process holds; when this process is gone, be it by {@code kill -9}, the pipe ends,
 * and the guard ends the child.
 */
public final class ChildProcess implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(20);
  private static final int TAIL_BYTES = 4_000;

  // $1 is the child, $2 the signal. The word "done" says that the child has ended already.
  private static final String GUARD =
      """
      trap '' INT TERM HUP
      read -r word
      [ "$word" = done ] && exit
      kill -"$2" "$1" || exit
      i=0
      while kill -0 "$1" && [ $i -lt 200 ]; do sleep 0.1; i=$((i+1)); done
      kill -KILL "$1"
      """;

  private final String name;
  private final Process process;
  private final Process guard;
  private final Signal ending;
  private final Path log;
  private final long logStart;

  private ChildProcess(
      String name, Process process, Process guard, Signal ending, Path log, long logStart) {
    this.name = name;
    this.process = process;
    this.guard = guard;
    this.ending = ending;
    this.log = log;
    this.logStart = logStart;
  }

  /**
   * Starts a process.
   *
   * @param name what people call it, for messages
   * @param environment added to this process's own
   * @param log gets all its output, at its end
   * @param ending the signal that asks it to end
   */
  public static ChildProcess start(
      String name, List<String> command, Map<String, String> environment, Path log, Signal ending) {
    try {
      Path folder = log.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      long logStart = Files.exists(log) ? Files.size(log) : 0;
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(nothing())
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      return new ChildProcess(name, process, guard(process, ending), ending, log, logStart);
    } catch (IOException e) {
      throw new LocalServerException(name + " does not start: " + e.getMessage(), e);
    }
  }

  /** Starts a process that shares this one's terminal; what it prints is not kept. */
  public static ChildProcess startInForeground(
      String name, List<String> command, Map<String, String> environment, Signal ending) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
      builder.environment().putAll(environment);
      Process process = builder.start();
      Path nothing = Path.of("/dev/null");
      return new ChildProcess(name, process, guard(process, ending), ending, nothing, 0);
    } catch (IOException e) {
      throw new LocalServerException(name + " does not start: " + e.getMessage(), e);
    }
  }

  private static Process guard(Process process, Signal ending) throws IOException {
    Process guard =
        new ProcessBuilder("sh", "-c", GUARD, "sh", "" + process.pid(), ending.name())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var unused = process.onExit().thenRun(() -> dismiss(guard));
    return guard;
  }

  private static void dismiss(Process guard) {
    try (OutputStream pipe = guard.getOutputStream()) {
      pipe.write("done\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // The guard has gone before: there is nothing left to guard.
      guard.destroy();
    }
  }

  static ProcessBuilder.Redirect nothing() {
    return ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile());
  }

  /** What people call it. */
  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** How it ended; empty while it runs. A signal counts as 128 and its number. */
  public Optional<Integer> exitCode() {
    return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
  }

  /** Waits for its end. Answers whether it came in time. */
  public boolean awaitEnd(Duration atMost) {
    try {
      return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }

  /**
   * Waits until it has printed a line that starts so.
   *
   * @throws LocalServerException when it ends before, or does not in time; quotes its log's end
   */
  public String awaitLine(String start, Duration atMost) {
    return await(() -> line(start), "has not said " + start, atMost);
  }

  /** The first line of this start's output that begins so. */
  public Optional<String> line(String start) {
    return output().lines().filter(line -> line.startsWith(start)).findFirst();
  }

  /** Asks a question until it has an answer, as long as the process lives. */
  <T> T await(Question<T> question, String complaint, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      boolean alive = process.isAlive();
      Optional<T> answer = question.ask();
      if (answer.isPresent()) {
        return answer.get();
      }
      if (!alive) {
        throw new LocalServerException(
            name + " ended with code " + process.exitValue() + ". " + quoteLog());
      }
      if (System.nanoTime() > deadline) {
        throw new LocalServerException(
            name + " " + complaint + " within " + atMost.toSeconds() + " s. " + quoteLog());
      }
      awaitEnd(POLL);
    }
  }

  /** Asks it to end, and makes it when it does not in time. */
  public void stop(Duration atMost) {
    signal(ending);
    if (!awaitEnd(atMost)) {
      signal(Signal.KILL);
      awaitEnd(atMost);
    }
  }

  /** Sends a signal; nothing happens when the process has ended. */
  public void signal(Signal signal) {
    if (process.isAlive()) {
      send(signal, process.pid());
    }
  }

  /** Sends a signal to any process; nothing happens when there is none. */
  public static void send(Signal signal, long pid) {
    Commands.run("sh", "-c", "kill -" + signal.name() + " " + pid);
  }

  @Override
  public void close() {
    stop(Duration.ofSeconds(20));
    dismiss(guard);
  }

  /** What it has printed since this start, at most its last 64 KiB. */
  public String output() {
    return tail(logStart, 65_536);
  }

  /** The end of its log, as part of a sentence. */
  public String quoteLog() {
    String tail = tail(logStart, TAIL_BYTES).strip();
    return tail.isEmpty() ? "Its log " + log + " is empty." : "Its log " + log + " ends:\n" + tail;
  }

  private String tail(long from, int bytes) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long start = Math.max(from, file.length() - bytes);
      byte[] read = new byte[(int) Math.max(0, file.length() - start)];
      file.seek(start);
      file.readFully(read);
      return new String(read, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + log, e);
    }
  }

  /** Something that has no answer yet, or one. */
  @FunctionalInterface
  interface Question<T> {
    Optional<T> ask();
  }
}
