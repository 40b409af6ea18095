package dev.airlock.web.events;

import java.util.List;
import java.util.stream.IntStream;

/** Rows with the numbers 1 to {@code last}, of which a read gives so many. */
final class Rows implements Feed.Source {
  private final int atOnce;
  private volatile int last;
  private volatile int dropped;

  Rows(int last, int atOnce) {
    this.last = last;
    this.atOnce = atOnce;
  }

  void growTo(int number) {
    last = number;
  }

  void dropUpTo(int number) {
    dropped = number;
  }

  @Override
  public int last() {
    return last;
  }

  @Override
  public Feed.Look after(int number) {
    int from = Math.max(number, dropped);
    int until = Math.min(last, from + atOnce);
    List<Feed.Frame> frames =
        IntStream.rangeClosed(from + 1, until)
            .mapToObj(row -> new Feed.Frame(row, "row", "{}"))
            .toList();
    return new Feed.Look(frames, null, false, until < last, number);
  }
}
