package dev.airlock.worker;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Heartbeats for one attempt while it runs. When Temporal answers that the attempt is no longer
 * wanted, its thread is interrupted, which stops its Spark jobs.
 */
final class Heartbeat implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);

  static final Duration PERIOD = Duration.ofSeconds(1);

  private final ActivityExecutionContext context;
  private final Thread attempt = Thread.currentThread();
  private final ScheduledFuture<?> beats;
  private @Nullable ActivityCompletionException unwanted;
  private boolean over;

  private Heartbeat(ActivityExecutionContext context, ScheduledExecutorService clock) {
    this.context = context;
    long period = PERIOD.toMillis();
    this.beats = clock.scheduleAtFixedRate(this::beat, period, period, TimeUnit.MILLISECONDS);
  }

  /** Beats for the attempt that the current thread runs, until closed. */
  static Heartbeat begin(ActivityExecutionContext context, ScheduledExecutorService clock) {
    return new Heartbeat(context, clock);
  }

  /** What Temporal answered when it no longer wanted the attempt; null as long as it does. */
  synchronized @Nullable ActivityCompletionException unwanted() {
    return unwanted;
  }

  /** Ends the beats, once. No interrupt reaches the thread after this. */
  @Override
  public synchronized void close() {
    if (over) {
      return;
    }
    over = true;
    beats.cancel(false);
    if (unwanted != null) {
      // The interrupt was meant for the attempt that has just ended, not for the thread's next one.
      Thread.interrupted();
    }
  }

  private void beat() {
    try {
      context.heartbeat(null);
    } catch (ActivityCompletionException e) {
      interrupt(e);
    } catch (RuntimeException | Error e) {
      // A beat that fails, as when the task has taken all memory, must not be the last one.
      log.warn("A heartbeat failed; the next one follows. {}", e.toString());
    }
  }

  private synchronized void interrupt(ActivityCompletionException reason) {
    if (!over && unwanted == null) {
      unwanted = reason;
      attempt.interrupt();
      beats.cancel(false);
    }
  }
}
