package dev.airlock.web;

import dev.airlock.store.InvalidConfigurationException;
import dev.airlock.store.Store;
import dev.airlock.store.StoreConfig;
import dev.airlock.web.http.ProblemException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL, which may come up after this process, and go away. Looked at once a second, so that
 * requests are told of an outage at once instead of each waiting for a connection of its own.
 */
final class Database implements Supplier<Store>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final long TRY_EVERY_MILLIS = 500;
  private static final long LOOK_EVERY_MILLIS = 1_000;

  private final StoreConfig config;
  private final String process;
  private final Consumer<Store> whenConnected;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread connecting;
  private volatile @Nullable Store store;
  private volatile @Nullable String trouble = "it has not answered since the start";

  /**
   * Begins to connect.
   *
   * @param whenConnected called once, by another thread
   */
  Database(StoreConfig config, String process, Consumer<Store> whenConnected) {
    this.config = config;
    this.process = process;
    this.whenConnected = whenConnected;
    this.connecting = new Thread(this::connect, "database-connect");
    this.connecting.setDaemon(true);
  }

  void start() {
    connecting.start();
  }

  /**
   * The store, for requests.
   *
   * @throws ProblemException 503 as long as PostgreSQL does not answer
   */
  @Override
  public Store get() {
    String why = trouble;
    if (why != null) {
      throw ProblemException.unavailable(
          "PostgreSQL does not answer: %s. It is tried again all the time; nothing was lost."
              .formatted(why));
    }
    return patient();
  }

  /**
   * The store, for what goes on in the background and finds out by itself.
   *
   * @throws ProblemException 503 as long as PostgreSQL has not answered once
   */
  Store patient() {
    Store open = store;
    if (open == null) {
      throw ProblemException.unavailable("PostgreSQL does not answer: " + trouble);
    }
    return open;
  }

  /** Null where PostgreSQL answered when it was last looked at, else why it did not. */
  @Nullable String trouble() {
    return trouble;
  }

  private void connect() {
    try {
      while (store == null) {
        tryOnce();
        if (store == null && closing.await(TRY_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
      while (!closing.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        look(patient());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(Store open) {
    boolean isReachable = open.isReachable();
    if (isReachable != (trouble == null)) {
      trouble = isReachable ? null : "the connection is lost";
      LOG.info("PostgreSQL {}", isReachable ? "answers again" : "does not answer");
    }
  }

  private void tryOnce() {
    try {
      Store open = Store.open(config, process);
      store = open;
      trouble = null;
      whenConnected.accept(open);
      LOG.info("Connected to PostgreSQL at {}", config.url());
    } catch (InvalidConfigurationException e) {
      report(String.join(" ", e.faults()));
    } catch (RuntimeException e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      report(String.valueOf(root.getMessage()));
    }
  }

  private void report(String why) {
    if (!why.equals(trouble)) {
      LOG.warn("PostgreSQL at {} can't be used: {}", config.url(), why);
    }
    trouble = why;
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      connecting.join(TimeUnit.SECONDS.toMillis(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Store open = store;
    if (open != null) {
      open.close();
    }
  }
}
