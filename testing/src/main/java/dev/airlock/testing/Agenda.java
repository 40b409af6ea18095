package dev.airlock.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;

/** What people do to the run, and when by its clock. */
final class Agenda {

  private static final Duration SHORTEST_LOOK = Duration.ofSeconds(10);

  private final Queue<Due> due = new PriorityQueue<>(Comparator.comparing(Due::at));
  private final Duration look;
  private int expectedQuestions;

  private record Due(Instant at, Runnable deed) {}

  /**
   * @param expectedQuestions how often people will be asked, at most
   * @param answering how long an answer takes at least, so that looking that often is often enough
   */
  Agenda(int expectedQuestions, Duration answering) {
    this.expectedQuestions = expectedQuestions;
    this.look = answering.compareTo(SHORTEST_LOOK) < 0 ? SHORTEST_LOOK : answering;
  }

  synchronized void add(Instant at, Runnable deed) {
    due.add(new Due(at, deed));
  }

  synchronized void asked() {
    expectedQuestions--;
  }

  /** How long the clock may run until somebody must look again; empty where nobody need. */
  synchronized Optional<Duration> untilNextLook(Instant now) {
    Due next = due.peek();
    if (next == null) {
      return expectedQuestions > 0 ? Optional.of(look) : Optional.empty();
    }
    Duration left = Duration.between(now, next.at());
    return Optional.of(expectedQuestions > 0 && left.compareTo(look) > 0 ? look : left);
  }

  /** The next deed whose time has come. */
  synchronized Optional<Runnable> next(Instant now) {
    Due next = due.peek();
    if (next == null || next.at().isAfter(now)) {
      return Optional.empty();
    }
    due.remove();
    return Optional.of(next.deed());
  }
}
