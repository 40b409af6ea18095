package dev.airlock.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Processes of this machine, by their ids. */
final class Processes {

  private static final Duration ENDING = Duration.ofSeconds(40);

  private Processes() {}

  /**
   * Whether it runs. One that has ended, and whose end nobody has asked for yet, does not; where
   * the first process of a container reaps nobody, such entries stay.
   */
  static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false) && !isZombie(pid);
  }

  private static boolean isZombie(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException e) {
      // Gone since, or a system without /proc, which reaps.
      return false;
    }
  }

  /** Holds the process still; it can be killed, and does nothing else. */
  static void stop(long pid) {
    send("STOP", pid);
  }

  /** Lets a process that was held still go on, as if no time had passed. */
  static void goOn(long pid) {
    send("CONT", pid);
  }

  /** What Ctrl-C sends. */
  static void interrupt(long pid) {
    send("INT", pid);
  }

  /** Ends a command and whatever it has started, and proves that nothing of it is left. */
  static void end(Process command) {
    List<ProcessHandle> started = command.toHandle().descendants().toList();
    command.destroy();
    started.forEach(ProcessHandle::destroy);
    Await.holds(
        ENDING,
        () -> "%d to end with %s".formatted(command.pid(), started),
        () -> !command.isAlive() && started.stream().noneMatch(one -> isAlive(one.pid())));
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
