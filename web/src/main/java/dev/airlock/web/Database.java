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

/** PostgreSQL, which may come up after this process. Until then whoever asks for it gets a 503. */
final class Database implements Supplier<Store>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final long TRY_EVERY_MILLIS = 500;

  private final StoreConfig config;
  private final String process;
  private final Consumer<Store> whenConnected;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread connecting;
  private volatile @Nullable Store store;
  private volatile String trouble = "it has not answered since the start";

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
   * The store.
   *
   * @throws ProblemException 503 as long as PostgreSQL has not answered once
   */
  @Override
  public Store get() {
    Store open = store;
    if (open == null) {
      throw ProblemException.unavailable(
          "PostgreSQL can't be reached: " + trouble + ". It is tried again all the time.");
    }
    return open;
  }

  /** Null where PostgreSQL answers, else why it does not. */
  @Nullable String trouble() {
    Store open = store;
    if (open == null) {
      return trouble;
    }
    return open.isReachable() ? null : "it does not answer";
  }

  private void connect() {
    try {
      while (store == null) {
        tryOnce();
        if (store != null || closing.await(TRY_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tryOnce() {
    try {
      Store open = Store.open(config, process);
      store = open;
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
