package dev.airlock.web.gateway;

import dev.airlock.store.ServiceSample;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries what a gateway has counted to PostgreSQL, a second as soon as it is over. When PostgreSQL
 * is away, samples wait in memory; where they become too many, every other one is let go, so that
 * what is left still spans the whole outage.
 */
public final class ServiceShipper implements AutoCloseable {
  /** About 10 MB. */
  static final int MOST_WAITING = 20_000;

  private static final Logger LOG = LoggerFactory.getLogger(ServiceShipper.class);
  private static final long SHIP_EVERY_MILLIS = 250;
  private static final int BATCH = 1_000;

  private final ServiceCounts counts;
  private final Consumer<List<ServiceSample>> sink;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "service-shipper");
            thread.setDaemon(true);
            return thread;
          });
  private final List<ServiceSample> waiting = new ArrayList<>();
  private boolean isAway;

  /**
   * Ships nothing yet: see {@link #start}.
   *
   * @param sink stores samples, each once, however often it comes
   */
  public ServiceShipper(ServiceCounts counts, Consumer<List<ServiceSample>> sink) {
    this.counts = counts;
    this.sink = sink;
  }

  /** Ships from now on, four times a second. */
  @SuppressWarnings("FutureReturnValueIgnored")
  public void start() {
    clock.scheduleWithFixedDelay(
        () -> ship(counts.takeFinished()),
        SHIP_EVERY_MILLIS,
        SHIP_EVERY_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  synchronized void ship(List<ServiceSample> finished) {
    waiting.addAll(finished);
    try {
      while (!waiting.isEmpty()) {
        List<ServiceSample> next = waiting.subList(0, Math.min(BATCH, waiting.size()));
        sink.accept(List.copyOf(next));
        next.clear();
      }
      isAway = false;
    } catch (RuntimeException e) {
      if (!isAway) {
        LOG.warn("What the gateway has counted can't be carried to PostgreSQL; it waits", e);
      }
      isAway = true;
      thin();
    }
  }

  private void thin() {
    if (waiting.size() <= MOST_WAITING) {
      return;
    }
    List<ServiceSample> kept = new ArrayList<>();
    for (int i = 0; i < waiting.size(); i += 2) {
      kept.add(waiting.get(i));
    }
    LOG.warn(
        "{} samples wait for PostgreSQL; every other one is let go. No prediction is lost",
        waiting.size());
    waiting.clear();
    waiting.addAll(kept);
  }

  /** How many samples wait. */
  synchronized int waiting() {
    return waiting.size();
  }

  /** Ships what there is once more and stops. */
  @Override
  public void close() {
    clock.shutdown();
    try {
      if (clock.awaitTermination(5, TimeUnit.SECONDS)) {
        ship(counts.takeAll());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
