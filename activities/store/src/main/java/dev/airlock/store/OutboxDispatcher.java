package dev.airlock.store;

import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries what PostgreSQL has accepted to Temporal, and tries again until it is taken. Starts at
 * once after a commit, in whichever process it was. Several dispatchers, in several processes,
 * share the work. Outlives outages of both, and logs each once.
 */
public final class OutboxDispatcher implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OutboxDispatcher.class);
  private static final int AT_ONCE = 8;
  private static final Duration LEASE = TemporalCarrier.DEADLINE.multipliedBy(4);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final Outbox outbox;
  private final Carrier carrier;
  private final Duration lookEvery;
  private final Changes.Subscription subscription;
  private final ExecutorService carriers = Executors.newFixedThreadPool(AT_ONCE, this::named);
  private final Semaphore free = new Semaphore(AT_ONCE);
  private final Semaphore wakeUps = new Semaphore(0);
  private final Set<OutboxKind> stuck = ConcurrentHashMap.newKeySet();
  private final Thread thread = named(this::dispatchForever);
  private boolean isDatabaseDown;
  private volatile boolean isOpen = true;

  private OutboxDispatcher(Store store, Carrier carrier, Duration lookEvery) {
    this.outbox = store.outbox();
    this.carrier = carrier;
    this.lookEvery = lookEvery;
    this.subscription = store.changes().subscribe(Changes.OUTBOX, word -> wakeUps.release());
  }

  /** Starts a dispatcher, which runs until it is closed. It leaves store and client open. */
  public static OutboxDispatcher start(Store store, WorkflowClient client) {
    return start(store, new TemporalCarrier(store, client));
  }

  static OutboxDispatcher start(Store store, Carrier carrier) {
    return start(store, carrier, LOOK);
  }

  /** One that looks by itself as often as this, where nothing tells it to. */
  static OutboxDispatcher start(Store store, Carrier carrier, Duration lookEvery) {
    OutboxDispatcher dispatcher = new OutboxDispatcher(store, carrier, lookEvery);
    dispatcher.thread.start();
    return dispatcher;
  }

  private Thread named(Runnable task) {
    Thread made = new Thread(task, "airlock-outbox");
    made.setDaemon(true);
    return made;
  }

  private void dispatchForever() {
    while (isOpen) {
      try {
        if (!dispatchDue()) {
          awaitWakeUp(lookEvery);
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Whether there was something to carry. */
  private boolean dispatchDue() throws InterruptedException {
    free.acquire();
    int permits = 1 + free.drainPermits();
    List<OutboxRow> rows = List.of();
    try {
      rows = outbox.claim(permits, LEASE);
      databaseAnswers();
    } catch (RuntimeException | Error e) {
      // An error, too: no run would start any more if this thread ended with it.
      databaseFails(e);
    } finally {
      free.release(permits - rows.size());
    }
    rows.forEach(this::submit);
    return !rows.isEmpty();
  }

  private void submit(OutboxRow row) {
    try {
      carriers.execute(() -> carry(row));
    } catch (RejectedExecutionException e) {
      // Closed since: the row's lease runs out, and another dispatcher takes it.
      LOG.debug("{} stays where it is.", row);
    }
  }

  private void awaitWakeUp(Duration atMost) throws InterruptedException {
    if (wakeUps.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      wakeUps.drainPermits();
    }
  }

  private void carry(OutboxRow row) {
    try {
      carrier.carry(row);
      outbox.delivered(row.id(), row.attempts());
      if (row.kind() == OutboxKind.MODEL_COMMAND) {
        // The next command to that model was kept back until now.
        wakeUps.release();
      }
      if (stuck.remove(row.kind())) {
        LOG.info("{} takes its way to Temporal again.", Words.of(row.kind()));
      }
    } catch (RuntimeException e) {
      tryAgainLater(row, e);
    } finally {
      free.release();
    }
  }

  private void tryAgainLater(OutboxRow row, RuntimeException failure) {
    boolean isExpected = failure instanceof NotYetException || Outage.isOutage(failure);
    if (isOpen && !isExpected && stuck.add(row.kind())) {
      LOG.warn("{} can't be carried to Temporal; trying again: {}", row, root(failure));
    }
    try {
      outbox.retryAfter(row.id(), pause(row.attempts()), root(failure));
    } catch (RuntimeException e) {
      // The database is away as well: the row's lease runs out, and it comes round again.
      LOG.debug("The outbox can't note a failure.", e);
    }
  }

  private static String root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.toString();
  }

  static Duration pause(int attempts) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 10));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  private void databaseAnswers() {
    if (isDatabaseDown) {
      isDatabaseDown = false;
      LOG.info("The outbox reaches PostgreSQL again.");
    }
  }

  private void databaseFails(Throwable failure) {
    if (isOpen && !isDatabaseDown) {
      isDatabaseDown = true;
      LOG.warn("The outbox can't reach PostgreSQL; trying again: {}", root(failure));
    }
  }

  @Override
  public void close() {
    isOpen = false;
    subscription.close();
    thread.interrupt();
    carriers.shutdownNow();
    if (carrier instanceof TemporalCarrier temporal) {
      temporal.close();
    }
  }
}
