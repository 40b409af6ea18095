package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileHaltPointTest {

  @TempDir Path markers;

  @Test
  void shouldStandStillOnceWhenItsPointIsReached() throws Exception {
    FileHaltPoint point = new FileHaltPoint("register.committed", markers);
    point.reached("promote.committed");
    Thread first = new Thread(() -> point.reached("register.committed"));
    first.setDaemon(true);
    first.start();

    awaitMarker();
    first.join(Duration.ofMillis(200).toMillis());
    assertTrue(first.isAlive(), "stands still, to be killed");
    point.reached("register.committed");
    assertFalse(Files.exists(markers.resolve("promote.committed")));
  }

  private void awaitMarker() {
    long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (!Files.exists(markers.resolve("register.committed"))) {
      assertTrue(System.nanoTime() < deadline, "no marker");
      Thread.onSpinWait();
    }
  }
}
