package dev.airlock.cli;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Asks again and again. */
final class Poll {

  private static final Duration PAUSE = Duration.ofMillis(250);

  /** How long a server may be away, for a restart, while something is waited for. */
  private static final Duration OUTAGE = Duration.ofMinutes(1);

  private Poll() {}

  /** The first answer that will do, or the last one when time is up. */
  static <T> T until(Duration atMost, Supplier<T> question, Predicate<T> isEnough) {
    long deadline = System.nanoTime() + atMost.toNanos();
    T answer = patiently(question);
    while (!isEnough.test(answer) && System.nanoTime() < deadline) {
      pause();
      answer = patiently(question);
    }
    return answer;
  }

  private static <T> T patiently(Supplier<T> question) {
    long deadline = System.nanoTime() + OUTAGE.toNanos();
    while (true) {
      try {
        return question.get();
      } catch (CommandException e) {
        if (!isOutage(e) || System.nanoTime() > deadline) {
          throw e;
        }
        pause();
      }
    }
  }

  private static boolean isOutage(CommandException e) {
    return e.exitCode() == CommandException.UNREACHABLE
        || (e instanceof RefusedException refused && refused.status() >= 500);
  }

  private static void pause() {
    LockSupport.parkNanos(PAUSE.toNanos());
    if (Thread.currentThread().isInterrupted()) {
      throw CommandException.failed("Interrupted");
    }
  }
}
