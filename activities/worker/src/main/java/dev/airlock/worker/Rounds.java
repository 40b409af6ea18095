package dev.airlock.worker;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is looked at again and again. Neither an outage nor an error ends more than one look: a task
 * that has taken all memory for a moment must not end the admission of runs for good.
 */
final class Rounds implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Rounds.class);

  /**
   * What an outage has kept from PostgreSQL is made up for soon after it, such as that a worker is
   * there.
   */
  private static final Duration SOON = Duration.ofSeconds(2);

  private final ScheduledExecutorService threads;

  /**
   * Begins with nothing to look at.
   *
   * @param name of its threads
   * @param count how many looks are taken at the same time
   */
  Rounds(String name, int count) {
    this.threads = threads(name, count);
  }

  /** One look, which may fail for now. */
  @FunctionalInterface
  interface Look {
    void take() throws Exception;
  }

  /** Threads of this name, with a number each. */
  static ScheduledExecutorService threads(String name, int count) {
    AtomicInteger number = new AtomicInteger();
    return Executors.newScheduledThreadPool(
        count, work -> new Thread(work, name + "-" + number.incrementAndGet()));
  }

  /** Looks once, before it returns. */
  void now(String complaint, Look look) {
    boolean unused = succeeds(complaint, look);
  }

  /**
   * Looks at once, and again each time this long after the end of a look; after one that failed,
   * within {@link #SOON}.
   *
   * @param complaint what the log says of a look that fails, without a full stop
   */
  void every(Duration pause, String complaint, Look look) {
    every(Duration.ZERO, pause, complaint, look);
  }

  /** The same, with another pause before the first look. */
  void every(Duration first, Duration pause, String complaint, Look look) {
    after(
        first,
        () -> {
          boolean isSoon = !succeeds(complaint, look) && pause.compareTo(SOON) > 0;
          every(isSoon ? SOON : pause, pause, complaint, look);
        });
  }

  /** Looks after a pause, and again after each look that fails. */
  void untilDone(Duration pause, String complaint, Look look) {
    after(
        pause,
        () -> {
          if (!succeeds(complaint, look)) {
            untilDone(pause, complaint, look);
          }
        });
  }

  /** Once closed, there is no next look. */
  private synchronized void after(Duration pause, Runnable next) {
    if (!threads.isShutdown()) {
      var unused = threads.schedule(next, pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private boolean succeeds(String complaint, Look look) {
    try {
      look.take();
      return true;
    } catch (Exception | Error e) {
      if (!threads.isShutdown()) {
        log.warn("{}; trying again. {}", complaint, e.toString());
      }
      return false;
    }
  }

  @Override
  public synchronized void close() {
    threads.shutdownNow();
  }
}
