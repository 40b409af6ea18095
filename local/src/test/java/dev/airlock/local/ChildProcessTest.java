package dev.airlock.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChildProcessTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path folder;

  ChildProcessTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void shouldEndWhenTheProcessThatStartedItIsKilled() throws Exception {
    Path log = folder.resolve("parent.log");
    ChildProcess parent =
        ChildProcess.start(
            "parent",
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                folder.toString()),
            Map.of(),
            log,
            Signal.TERM);
    String line = parent.awaitLine("CHILD ", PATIENCE);
    ProcessHandle child =
        ProcessHandle.of(Long.parseLong(line.substring("CHILD ".length()))).orElseThrow();
    assertTrue(child.isAlive());

    parent.signal(Signal.KILL);

    child.onExit().get(20, TimeUnit.SECONDS);
    assertFalse(child.isAlive());
  }

  @Test
  void shouldLeaveNoGuardBehindWhenTheChildEnds() {
    try (ChildProcess child = sleeper("exec sleep 600")) {
      child.stop(PATIENCE);
      assertEquals(Optional.of(128 + 15), child.exitCode());
    }
    List<ProcessHandle> left = ProcessHandle.current().descendants().toList();
    left.forEach(process -> process.onExit().orTimeout(20, TimeUnit.SECONDS).join());
  }

  @Test
  void shouldBeMadeToEndWhenItRefusesTo() {
    try (ChildProcess child = sleeper("trap '' TERM; echo deaf; while :; do sleep 0.1; done")) {
      child.awaitLine("deaf", PATIENCE);
      child.stop(Duration.ofMillis(300));
      assertEquals(Optional.of(128 + 9), child.exitCode());
    }
  }

  @Test
  void shouldQuoteItsLogWhenItEndsBeforeItsLine() {
    try (ChildProcess child = sleeper("echo out of cheese; exit 3")) {
      LocalServerException failure =
          assertThrows(
              LocalServerException.class, () -> child.awaitLine("READY", Duration.ofSeconds(5)));
      assertTrue(failure.getMessage().contains("ended with code 3"), failure.getMessage());
      assertTrue(failure.getMessage().contains("out of cheese"), failure.getMessage());
    }
  }

  private ChildProcess sleeper(String script) {
    return ChildProcess.start(
        "sleeper",
        List.of("sh", "-c", script),
        Map.of(),
        folder.resolve("sleeper.log"),
        Signal.TERM);
  }

  /** Starts a child and waits for its own end. */
  static final class Parent {

    private Parent() {}

    public static void main(String[] arguments) throws InterruptedException {
      ChildProcess child =
          ChildProcess.start(
              "child",
              List.of("sleep", "600"),
              Map.of(),
              Path.of(arguments[0], "child.log"),
              Signal.TERM);
      System.out.println("CHILD " + child.pid());
      Thread.currentThread().join();
    }
  }
}
