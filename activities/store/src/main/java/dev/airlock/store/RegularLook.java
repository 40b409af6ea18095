package dev.airlock.store;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at something every two seconds, on a thread of its own, until closed. */
final class RegularLook implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RegularLook.class);
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** As many in a row are no hiccup: half a minute. Said again after each as many. */
  private static final int TOLD_AFTER = 15;

  private final String name;
  private final Runnable look;
  private final ScheduledExecutorService looks;
  private int failures;

  RegularLook(String name, Runnable look) {
    this.name = name;
    this.look = look;
    this.looks =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Begins, after the first pause.
   *
   * @param name of the thread
   */
  static RegularLook start(String name, Runnable look) {
    RegularLook regular = new RegularLook(name, look);
    var unused =
        regular.looks.scheduleWithFixedDelay(
            regular::tryLooking, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    return regular;
  }

  void tryLooking() {
    try {
      look.run();
      if (failures >= TOLD_AFTER) {
        log.info("{} looks again, after {} times in vain.", name, failures);
      }
      failures = 0;
    } catch (RuntimeException | Error e) {
      // An error must not end the looking. PostgreSQL may be away for a while; its rows wait.
      failures++;
      if (failures % TOLD_AFTER == 0) {
        log.warn("{} could not look {} times in a row; trying on.", name, failures, e);
      } else {
        log.debug("{} could not look; trying again.", name, e);
      }
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
