package dev.airlock.web.events;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feeds that somebody follows, by what they are of. Few threads read for all of them, and none
 * of them ever waits for a reader.
 */
final class Feeds<K> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Feeds.class);
  private static final int READING_THREADS = 4;
  private static final Duration PING_EVERY = Duration.ofSeconds(12);

  private final String name;
  private final Duration lookEvery;
  private final Function<K, Feed.Source> sources;
  private final Map<K, Feed> feeds = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clock;
  private final ExecutorService readers;

  /**
   * Follows nothing yet.
   *
   * @param lookEvery how often each feed looks by itself
   */
  Feeds(String name, Duration lookEvery, Function<K, Feed.Source> sources) {
    this.name = name;
    this.lookEvery = lookEvery;
    this.sources = sources;
    this.clock = Executors.newSingleThreadScheduledExecutor(daemon(name + "-clock"));
    this.readers = Executors.newFixedThreadPool(READING_THREADS, daemon(name));
  }

  private static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Begins to look. */
  @SuppressWarnings("FutureReturnValueIgnored")
  void start() {
    long millis = lookEvery.toMillis();
    clock.scheduleWithFixedDelay(this::wakeAll, millis, millis, TimeUnit.MILLISECONDS);
    long ping = PING_EVERY.toMillis();
    clock.scheduleWithFixedDelay(
        () -> feeds.values().forEach(Feed::ping), ping, ping, TimeUnit.MILLISECONDS);
  }

  /** Sends what came after a number, then whatever follows. */
  void join(K key, EventWriter writer, int after) {
    Joined joined = new Joined(key, after);
    feeds.compute(key, (same, known) -> joined.enter(known, writer));
    readers.execute(joined::catchUp);
  }

  /** Between entering a feed, at once, and catching up with it, which may take reads. */
  private final class Joined {
    private final K key;
    private final int after;
    private @Nullable Feed feed;
    private Feed.@Nullable Reader reader;

    Joined(K key, int after) {
      this.key = key;
      this.after = after;
    }

    Feed enter(@Nullable Feed known, EventWriter writer) {
      Feed entered = known == null ? new Feed(sources.apply(key), after) : known;
      feed = entered;
      reader = entered.enter(writer, after);
      return entered;
    }

    void catchUp() {
      Feeds.this.catchUp(key, Objects.requireNonNull(feed), Objects.requireNonNull(reader));
    }
  }

  private void catchUp(K key, Feed feed, Feed.Reader reader) {
    try {
      if (!feed.catchUp(reader)) {
        goOnLater(key, feed, reader);
        return;
      }
    } catch (RuntimeException e) {
      LOG.debug("{} {} can't be followed now", name, key, e);
      reader.leave();
    }
    wake(key);
  }

  private void goOnLater(K key, Feed feed, Feed.Reader reader) {
    reader.whenRoom(() -> readers.execute(() -> catchUp(key, feed, reader)));
  }

  /** Something may have changed. */
  void wake(K key) {
    Feed feed = feeds.get(key);
    if (feed != null && feed.becomesDue()) {
      readers.execute(() -> advance(key, feed));
    }
  }

  void wakeAll() {
    feeds.keySet().forEach(this::wake);
  }

  private void advance(K key, Feed feed) {
    try {
      feed.advance().forEach(behind -> goOnLater(key, feed, behind));
    } catch (RuntimeException e) {
      LOG.debug("{} {} could not be read; it is sent later", name, key, e);
    }
    if (feed.isEmpty()) {
      feeds.computeIfPresent(key, (same, known) -> known.isEmpty() ? null : known);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    feeds.values().forEach(Feed::close);
    readers.shutdown();
  }
}
