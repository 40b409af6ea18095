package dev.airlock.store;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises alerts for whatever is late. Runs in web and worker alike, so that a run whose worker is
 * gone is late all the same; they may look at the same time. Outlives outages of PostgreSQL.
 */
public final class DeadlineWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DeadlineWatch.class);
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final Deadlines deadlines;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "airlock-deadlines");
            thread.setDaemon(true);
            return thread;
          });

  private DeadlineWatch(Deadlines deadlines) {
    this.deadlines = deadlines;
  }

  /** Looks until closed. It leaves the store open. */
  public static DeadlineWatch start(Store store) {
    DeadlineWatch watch = new DeadlineWatch(store.deadlines());
    var unused =
        watch.looks.scheduleWithFixedDelay(
            watch::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    return watch;
  }

  private void look() {
    try {
      deadlines.look();
    } catch (RuntimeException | Error e) {
      // An error must not end the looking. PostgreSQL may be away for a while; its rows wait.
      log.debug("Deadlines could not be looked at; trying again.", e);
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
