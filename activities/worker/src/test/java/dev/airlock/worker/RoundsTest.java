package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RoundsTest {

  private static final Duration PAUSE = Duration.ofMillis(1);

  @Test
  void shouldGoOnLookingAfterAnErrorAndAnException() throws InterruptedException {
    CountDownLatch looks = new CountDownLatch(3);
    try (Rounds rounds = new Rounds("test", 1)) {
      rounds.every(
          PAUSE,
          "Nothing could be seen",
          () -> {
            looks.countDown();
            if (looks.getCount() == 2) {
              throw new OutOfMemoryError("taken by a task");
            }
            throw new IllegalStateException("PostgreSQL is away.");
          });
      assertTrue(looks.await(10, TimeUnit.SECONDS), "the looking has ended");
    }
  }

  @Test
  void shouldLookAgainSoonAfterALookThatFailed() throws InterruptedException {
    CountDownLatch looks = new CountDownLatch(2);
    try (Rounds rounds = new Rounds("test", 1)) {
      rounds.every(
          Duration.ofDays(1),
          "Nothing could be told",
          () -> {
            looks.countDown();
            throw new IllegalStateException("PostgreSQL is away.");
          });
      assertTrue(looks.await(20, TimeUnit.SECONDS), "it waits for a whole day");
    }
  }

  @Test
  void shouldLookUntilItIsDoneAndNoLonger() throws InterruptedException {
    AtomicInteger looks = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(1);
    try (Rounds rounds = new Rounds("test", 1)) {
      rounds.untilDone(
          PAUSE,
          "Schedules could not be kept",
          () -> {
            if (looks.incrementAndGet() < 3) {
              throw new IllegalStateException("Temporal is away.");
            }
            rounds.untilDone(Duration.ofMillis(50), "Never", done::countDown);
          });
      assertTrue(done.await(10, TimeUnit.SECONDS));
    }
    assertEquals(3, looks.get());
  }
}
