package dev.airlock.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners what has been committed, within milliseconds, over one connection that LISTENs. A
 * word can get lost with that connection; listeners hear {@link #EVERYTHING} once it is back, and
 * look for themselves now and then.
 */
public final class Changes implements AutoCloseable {

  /** Heard where something may have been missed. */
  public static final String EVERYTHING = "";

  /** Something is to be carried to Temporal. */
  public static final String OUTBOX = "airlock_outbox";

  /** A run or its stages changed; the word is the run's id. */
  public static final String RUN = "airlock_run";

  /** A model's traffic was moved; the word is the model's name. */
  public static final String ROUTING = "airlock_routing";

  /** A rollout, its analyses or its controls changed; the word is the rollout's id. */
  public static final String ROLLOUT = "airlock_rollout";

  /** An alert was opened, acknowledged or closed; the word is the model's name. */
  public static final String ALERT = "airlock_alert";

  /** An approval, a vote on it or who may vote changed; the word is the approval's id. */
  public static final String APPROVAL = "airlock_approval";

  /** A list that changes seldom did; the word is its table's name. */
  public static final String LIST = "airlock_list";

  private static final Logger LOG = LoggerFactory.getLogger(Changes.class);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Jdbi connections;
  private final Map<String, List<Consumer<String>>> listeners = new ConcurrentHashMap<>();
  private volatile boolean isOpen = true;
  private boolean isStarted;
  private final Thread thread = new Thread(this::listenForever, "airlock-changes");

  Changes(Jdbi connections) {
    this.connections = connections;
    for (String channel : List.of(OUTBOX, RUN, ROUTING, ROLLOUT, ALERT, APPROVAL, LIST)) {
      listeners.put(channel, new CopyOnWriteArrayList<>());
    }
    thread.setDaemon(true);
  }

  /**
   * Calls the listener with each word on the channel, on one thread for all: it must be quick and
   * must not block.
   *
   * @param channel one of this class's
   * @return ends it when closed
   */
  public Subscription subscribe(String channel, Consumer<String> listener) {
    List<Consumer<String>> ofChannel = listeners.get(channel);
    if (ofChannel == null) {
      throw new IllegalArgumentException("There is no channel " + channel + ".");
    }
    ofChannel.add(listener);
    start();
    return () -> ofChannel.remove(listener);
  }

  private synchronized void start() {
    if (!isStarted && isOpen) {
      isStarted = true;
      thread.start();
    }
  }

  private void listenForever() {
    boolean isDown = false;
    while (isOpen) {
      try (Handle handle = connections.open()) {
        listeners.keySet().forEach(channel -> handle.execute("listen " + channel));
        if (isDown) {
          LOG.info("Listening to PostgreSQL again.");
        }
        isDown = false;
        listeners.keySet().forEach(channel -> tell(channel, EVERYTHING));
        hear(handle);
      } catch (SQLException | RuntimeException e) {
        if (isOpen && !isDown) {
          LOG.warn("PostgreSQL can't be listened to; trying again: {}", e.getMessage());
        }
        isDown = true;
        pause();
      }
    }
  }

  private void hear(Handle handle) throws SQLException {
    PGConnection connection = handle.getConnection().unwrap(PGConnection.class);
    while (isOpen) {
      PGNotification[] words = connection.getNotifications((int) PAUSE.toMillis());
      if (words != null) {
        for (PGNotification word : words) {
          tell(word.getName(), word.getParameter());
        }
      }
    }
  }

  private void tell(String channel, String word) {
    for (Consumer<String> listener : listeners.getOrDefault(channel, List.of())) {
      try {
        listener.accept(word);
      } catch (RuntimeException e) {
        LOG.error("A listener to {} failed.", channel, e);
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      isOpen = false;
    }
  }

  @Override
  public void close() {
    isOpen = false;
    thread.interrupt();
  }

  /** Ends a subscription when closed. */
  @FunctionalInterface
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
