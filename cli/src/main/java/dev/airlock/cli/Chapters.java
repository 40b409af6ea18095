package dev.airlock.cli;

import java.util.ArrayList;
import java.util.List;

/** Where the time of a story goes. */
final class Chapters {

  private final long start;
  private final List<Chapter> told = new ArrayList<>();
  private long begun;

  /**
   * A story that has begun.
   *
   * @param start when, by {@link System#nanoTime}
   */
  Chapters(long start) {
    this.start = start;
    this.begun = start;
  }

  private record Chapter(String name, double seconds) {}

  /** A chapter is told; the next one begins. */
  void ended(String name) {
    long now = System.nanoTime();
    told.add(new Chapter(name, seconds(begun, now)));
    begun = now;
  }

  /** From the start on. */
  double seconds() {
    return seconds(start, System.nanoTime());
  }

  private static double seconds(long from, long to) {
    return (to - from) / 1_000_000_000.0;
  }

  /** One line a chapter. */
  List<String> lines() {
    return told.stream()
        .map(chapter -> "  %-44s %7.1f s".formatted(chapter.name(), chapter.seconds()))
        .toList();
  }
}
