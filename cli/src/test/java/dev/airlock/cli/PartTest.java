package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.ChildProcess;
import dev.airlock.local.LocalServerException;
import dev.airlock.local.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PartTest {

  private static final int PATIENCE_SECONDS = 20;

  private final Path folder;
  private final BlockingQueue<ChildProcess> launched = new LinkedBlockingQueue<>();
  private final List<String> said = new CopyOnWriteArrayList<>();

  PartTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void shouldStartAgainWhenKilledAndEndForGoodWhenStopped() throws InterruptedException {
    Part part = part("echo READY; exec sleep 600");
    part.start();
    ChildProcess first = next();
    first.signal(Signal.KILL);
    ChildProcess second = next();
    assertNotEquals(first.pid(), second.pid());
    assertTrue(said.get(0).contains("ended with code 137"), said::toString);

    part.stop();
    assertTrue(second.awaitEnd(Duration.ofSeconds(PATIENCE_SECONDS)));
    assertEquals(second.pid(), part.entry().map(StateFile.Entry::pid).orElse(second.pid()));
    assertEquals(null, launched.poll(1, TimeUnit.SECONDS));
  }

  @Test
  void shouldStayEndedWhenEverythingIsAboutToEnd() throws InterruptedException {
    Part part = part("echo READY; exec sleep 600");
    part.start();
    part.leaveEnded();
    next().signal(Signal.INT);
    assertEquals(null, launched.poll(1, TimeUnit.SECONDS));
    assertEquals(List.of(), said);
  }

  @Test
  void shouldQuoteTheLogWhenItNeverServes() {
    Part part = part("echo no such option; exit 2");
    LocalServerException failure = assertThrows(LocalServerException.class, part::start);
    assertTrue(failure.getMessage().contains("no such option"), failure.getMessage());
  }

  private ChildProcess next() throws InterruptedException {
    @Nullable ChildProcess process = launched.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (process == null) {
      throw new AssertionError("Nothing was launched within " + PATIENCE_SECONDS + " s: " + said);
    }
    process.awaitLine("READY", Duration.ofSeconds(PATIENCE_SECONDS));
    return process;
  }

  private Part part(String script) {
    return new Part(
        "thing",
        0,
        () -> {
          ChildProcess process =
              ChildProcess.start(
                  "thing",
                  List.of("sh", "-c", script),
                  Map.of(),
                  folder.resolve("thing.log"),
                  Signal.TERM);
          launched.add(process);
          return process;
        },
        "READY",
        () -> {},
        said::add);
  }
}
