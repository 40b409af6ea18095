package dev.airlock.store;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises reminders and escalations of open approvals as they fall due. Runs in web and worker
 * alike, so that a gate whose worker is gone calls for people all the same; they may look at the
 * same time. Outlives outages of PostgreSQL.
 */
public final class GateWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(GateWatch.class);
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final Approvals approvals;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "airlock-gate");
            thread.setDaemon(true);
            return thread;
          });

  private GateWatch(Approvals approvals) {
    this.approvals = approvals;
  }

  /** Looks until closed. It leaves the store open. */
  public static GateWatch start(Store store) {
    GateWatch watch = new GateWatch(store.approvals());
    var unused =
        watch.looks.scheduleWithFixedDelay(
            watch::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    return watch;
  }

  private void look() {
    try {
      approvals.raiseCalls();
    } catch (RuntimeException | Error e) {
      // An error must not end the looking. PostgreSQL may be away for a while; its rows wait.
      log.debug("The gate's calls could not be looked at; trying again.", e);
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
