package dev.airlock.programs;

import dev.airlock.dsl.graph.ProgramLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program in a session and group of its own, and a watcher in that group. The watcher reads a
 * pipe whose other end this process holds: a word on it is a signal for the whole group; its end,
 * which is also what a {@code kill -9} of this process makes of it, kills the group. So nothing of
 * the group outlives whoever waits for it.
 */
final class ProcessGroup implements AutoCloseable {

  private static final String WATCHED =
      """
      exec 3<&0 </dev/null
      (
        trap '' TERM INT HUP QUIT
        while read -r signal <&3; do kill -s "$signal" -- "-$$"; done
        kill -s KILL -- "-$$"
      ) >/dev/null 2>&1 &
      exec 3<&-
      %s
      exec "$@"
      """;

  private final Process leader;

  private ProcessGroup(Process leader) {
    this.leader = leader;
  }

  /**
   * Starts it.
   *
   * @param command the program, absolute or on the PATH of the environment, and its arguments
   * @param environment all of its variables
   * @throws IOException where this machine has no {@code setsid} or {@code sh}
   */
  static ProcessGroup start(
      List<String> command, Path directory, Map<String, String> environment, ProgramLimits limits)
      throws IOException {
    List<String> whole = new ArrayList<>();
    whole.addAll(List.of("setsid", "sh", "-c", WATCHED.formatted(Limits.commands(limits)), "sh"));
    whole.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(whole).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new ProcessGroup(builder.start());
  }

  /** The group's id, which is its leader's. */
  long id() {
    return leader.pid();
  }

  InputStream output() {
    return leader.getInputStream();
  }

  InputStream errors() {
    return leader.getErrorStream();
  }

  /** Waits until the leader has ended; false where it has not in that time. */
  boolean waitFor(Duration longest) throws InterruptedException {
    return leader.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The leader's, once it has ended; 128 and the signal where one has ended it. */
  int exitCode() {
    return leader.exitValue();
  }

  /** Asks all to end, gives them time, and kills who is left. */
  void end(Duration grace) {
    try {
      OutputStream watcher = leader.getOutputStream();
      watcher.write("TERM\n".getBytes(StandardCharsets.US_ASCII));
      watcher.flush();
      waitFor(grace);
    } catch (IOException e) {
      // The whole group has gone by itself.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      kill();
    }
  }

  @Override
  public void close() {
    kill();
  }

  /** Kills who is left, at once. */
  void kill() {
    try {
      leader.getOutputStream().close();
    } catch (IOException e) {
      // The watcher has gone, and with it the group.
    }
  }
}
