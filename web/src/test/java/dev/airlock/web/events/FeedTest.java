package dev.airlock.web.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FeedTest {
  private static final int AT_ONCE = 1_000;
  private static final long PLENTY = 2L << 20;

  private static List<Integer> upTo(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }

  private static void catchUp(Feed feed, Feed.Reader reader) {
    Feed.Turn turn = feed.catchUp(reader);
    for (int turns = 1; turn == Feed.Turn.MORE; turns++) {
      assertTrue(turns < 100, "catching up does not end");
      turn = feed.catchUp(reader);
    }
    assertEquals(Feed.Turn.LAST, turn);
  }

  @Test
  void shouldMissNothingWhereMoreIsSaidThanIsKeptWhileSomebodyCatchesUp() {
    Rows rows = new Rows(3_000, AT_ONCE);
    List<Runnable> meanwhile = new ArrayList<>();
    Feed feed =
        new Feed(
            new Told(
                number -> {
                  Feed.Look look = rows.after(number);
                  // Whoever reads the last of what there was has not been told of it yet.
                  if (number == 2_000 && !meanwhile.isEmpty()) {
                    meanwhile.remove(0).run();
                  }
                  return look;
                },
                3_000),
            3_000,
            () -> PLENTY);
    Wire early = new Wire();
    catchUp(feed, feed.enter(EventWriter.over(early), 3_000));
    meanwhile.add(
        () -> {
          rows.growTo(12_000);
          feed.advance();
        });

    Wire late = new Wire();
    catchUp(feed, feed.enter(EventWriter.over(late), 0));
    rows.growTo(12_500);
    feed.advance();

    assertEquals(12_500, late.numbers().size());
    assertEquals(upTo(12_500), late.numbers());
    assertEquals(12_500 - 3_000, early.numbers().size());
  }

  @Test
  void shouldNotLookThroughTheSameTwiceWhereNothingOfItIsWanted() {
    List<Integer> asked = new ArrayList<>();
    Feed feed =
        new Feed(
            new Told(
                number -> {
                  asked.add(number);
                  return new Feed.Look(List.of(), null, false, false, 700);
                },
                700),
            0,
            () -> PLENTY);
    catchUp(feed, feed.enter(EventWriter.over(new Wire()), 0));

    feed.advance();
    feed.advance();

    assertEquals(List.of(0, 700), asked);
  }

  @Test
  void shouldEndToCatchUpWhereRowsAreThereNoLonger() {
    Rows rows = new Rows(9_000, 10_000);
    Feed feed = new Feed(rows, 0, () -> PLENTY);
    catchUp(feed, feed.enter(EventWriter.over(new Wire()), 0));
    feed.advance();
    rows.dropUpTo(8_000);

    Wire late = new Wire();
    catchUp(feed, feed.enter(EventWriter.over(late), 0));

    assertEquals(upTo(9_000).subList(8_000, 9_000), late.numbers());
  }

  @Test
  void shouldKeepNoMoreThanThereIsRoomForAndMissNothing() {
    AtomicLong room = new AtomicLong(PLENTY);
    List<Integer> asked = new ArrayList<>();
    Rows rows = new Rows(500, AT_ONCE);
    Feed feed =
        new Feed(
            new Told(
                number -> {
                  asked.add(number);
                  return rows.after(number);
                },
                500),
            0,
            room::get);
    catchUp(feed, feed.enter(EventWriter.over(new Wire()), 0));
    feed.advance();
    Wire served = new Wire();
    catchUp(feed, feed.enter(EventWriter.over(served), 0));
    assertEquals(List.of(0), asked);

    room.set(0);
    feed.advance();
    Wire late = new Wire();
    catchUp(feed, feed.enter(EventWriter.over(late), 0));
    rows.growTo(501);
    feed.advance();

    assertEquals(List.of(0, 500, 0, 500), asked);
    assertEquals(upTo(501), served.numbers());
    assertEquals(upTo(501), late.numbers());
  }
}
