package dev.airlock.web.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FeedsTest {
  private static final int PATIENCE_SECONDS = 20;

  private static void await(CountDownLatch latch, String what) {
    try {
      assertTrue(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS), what);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldTellOfNewsWhileOthersCatchUpWithSomethingLong() {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(2);
    CountDownLatch newcomers = new CountDownLatch(1);
    IntFunction<Feed.Look> slow =
        number -> {
          if (number == 0) {
            await(release, "nobody has let the reads end");
          }
          return nothingAfter(number);
        };
    IntFunction<Feed.Look> quick =
        number -> {
          first.countDown();
          second.countDown();
          return nothingAfter(number);
        };
    IntFunction<Feed.Look> fresh =
        number -> {
          newcomers.countDown();
          return nothingAfter(number);
        };
    Map<String, Feed.Source> sources =
        Map.of("quick", new Told(quick, 0), "fresh", new Told(fresh, 0));
    // Nobody looks by themselves while the test goes on.
    try (Feeds<String> feeds =
        new Feeds<>(
            "test", Duration.ofHours(1), key -> sources.getOrDefault(key, new Told(slow, 5_000)))) {
      try {
        feeds.join("quick", EventWriter.over(new Wire()), 0);
        await(first, "who has just come is told what there is");
        for (int i = 0; i < 8; i++) {
          feeds.join("slow " + i, EventWriter.over(new Wire()), 5_000);
          feeds.join("slow " + i, EventWriter.over(new Wire()), 0);
        }

        feeds.wake("quick");
        await(second, "the looks wait for those who catch up");
        feeds.join("fresh", EventWriter.over(new Wire()), 0);
        await(newcomers, "who has nothing to catch up with waits for those who have");
      } finally {
        release.countDown();
      }
    }
  }

  @Test
  void shouldBeginWhereTheRowsEndForWhoeverSaysToHaveMore() {
    Rows rows = new Rows(10, 1_000);
    try (Feeds<String> feeds = new Feeds<>("test", Duration.ofHours(1), key -> rows)) {
      Wire ahead = new Wire();
      feeds.join("log", EventWriter.over(ahead), 1_000_000);
      Wire second = new Wire();
      feeds.join("log", EventWriter.over(second), 0);
      second.awaitRow(10);
      Wire third = new Wire();
      feeds.join("log", EventWriter.over(third), 2_000_000);

      rows.growTo(11);
      feeds.wake("log");
      ahead.awaitRow(11);
      second.awaitRow(11);
      third.awaitRow(11);

      assertEquals(List.of(11), ahead.numbers());
      assertEquals(IntStream.rangeClosed(1, 11).boxed().toList(), second.numbers());
      assertEquals(List.of(11), third.numbers());
    }
  }

  @Test
  void shouldLetGoOfWhomItCannotTellWhereTheRowsEnd() {
    Feed.Source broken =
        new Feed.Source() {
          @Override
          public Feed.Look after(int number) {
            return nothingAfter(number);
          }

          @Override
          public int last() {
            throw new IllegalStateException("the database is away");
          }
        };
    try (Feeds<String> feeds = new Feeds<>("test", Duration.ofHours(1), key -> broken)) {
      EventWriter writer = EventWriter.over(new Wire());

      feeds.join("log", writer, 7);

      assertTrue(writer.isOver());
    }
  }

  private static Feed.Look nothingAfter(int number) {
    return new Feed.Look(List.of(), null, false, false, number);
  }
}
