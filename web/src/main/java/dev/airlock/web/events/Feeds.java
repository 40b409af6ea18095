package dev.airlock.web.events;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feeds that somebody follows, by what they are of. Few threads read for all of them, and none
 * of them ever waits for a reader. Those that read what somebody has missed are others than those
 * that look for what is new: who comes late to something long holds up nobody who is up to date.
 */
final class Feeds<K> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Feeds.class);
  private static final int LOOKING_THREADS = 4;
  private static final int CATCHING_UP_THREADS = 2;
  private static final Duration BEAT_EVERY = Duration.ofSeconds(12);

  /** What one feed keeps at most. */
  private static final long MOST_KEPT_BYTES = 2L << 20;

  /** What all of them keep; as many as there are share it evenly, at their next look. */
  private static final long MOST_KEPT_BYTES_OF_ALL = 16L << 20;

  private final String name;
  private final Duration lookEvery;
  private final Function<K, Feed.Source> sources;
  private final Map<K, Feed> feeds = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clock;
  private final ExecutorService looks;
  private final ExecutorService turns;

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
    this.looks = Executors.newFixedThreadPool(LOOKING_THREADS, daemon(name));
    this.turns = Executors.newFixedThreadPool(CATCHING_UP_THREADS, daemon(name + "-catch-up"));
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
    long beat = BEAT_EVERY.toMillis();
    clock.scheduleWithFixedDelay(
        () -> feeds.values().forEach(Feed::beat), beat, beat, TimeUnit.MILLISECONDS);
  }

  /**
   * Sends what came after a number, then whatever follows.
   *
   * @param after as the reader says; where there are fewer rows, it is what follows that they get
   */
  void join(K key, EventWriter writer, int after) {
    Joined joined;
    try {
      joined = new Joined(key, start(key, after));
    } catch (RuntimeException e) {
      LOG.debug("{} {} can't be followed now", name, key, e);
      writer.close();
      return;
    }
    feeds.compute(key, (same, known) -> joined.enter(known, writer));
    looks.execute(joined::takeUp);
  }

  /**
   * How far readers are is their word, and a feed begins there for everybody: at a row that there
   * is not yet, all of them would wait for it, and miss those before it.
   */
  private int start(K key, int after) {
    Feed known = feeds.get(key);
    if (after == 0 || (known != null && known.reaches(after))) {
      return after;
    }
    return Math.min(after, sources.apply(key).last());
  }

  private long share() {
    return Math.min(MOST_KEPT_BYTES, MOST_KEPT_BYTES_OF_ALL / Math.max(1, feeds.size()));
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
      Feed entered = known == null ? new Feed(sources.apply(key), after, Feeds.this::share) : known;
      feed = entered;
      reader = entered.enter(writer, after);
      return entered;
    }

    /** Most need no read: they open what has just begun, or what others follow. */
    void takeUp() {
      Feed entered = Objects.requireNonNull(feed);
      Feed.Reader follower = Objects.requireNonNull(reader);
      goOn(key, entered, follower, entered.takeUp(follower));
    }
  }

  private void goOn(K key, Feed feed, Feed.Reader reader, Feed.Turn last) {
    switch (last) {
      case MORE -> askForTurn(key, feed, reader);
      case FULL -> reader.whenRoom(() -> askForTurn(key, feed, reader));
      case LAST -> wake(key);
    }
  }

  private void askForTurn(K key, Feed feed, Feed.Reader reader) {
    try {
      turns.execute(() -> goOn(key, feed, reader, turn(key, feed, reader)));
    } catch (RejectedExecutionException e) {
      LOG.debug("{} {} is let go: this process ends", name, key);
      reader.leave();
    }
  }

  private Feed.Turn turn(K key, Feed feed, Feed.Reader reader) {
    try {
      return feed.catchUp(reader);
    } catch (RuntimeException e) {
      LOG.debug("{} {} can't be followed now", name, key, e);
      reader.leave();
      return Feed.Turn.LAST;
    }
  }

  /** Something may have changed. */
  void wake(K key) {
    Feed feed = feeds.get(key);
    if (feed != null && feed.becomesDue()) {
      askForLook(key, feed);
    }
  }

  private void askForLook(K key, Feed feed) {
    try {
      looks.execute(() -> advance(key, feed));
    } catch (RejectedExecutionException e) {
      LOG.debug("{} {} is not looked at any more: this process ends", name, key);
    }
  }

  void wakeAll() {
    feeds.keySet().forEach(this::wake);
  }

  private void advance(K key, Feed feed) {
    try {
      feed.advance().forEach(behind -> goOn(key, feed, behind, Feed.Turn.FULL));
    } catch (RuntimeException e) {
      LOG.debug("{} {} could not be read; it is sent later", name, key, e);
    }
    if (feed.isEmpty()) {
      feeds.computeIfPresent(key, (same, known) -> known.isEmpty() ? null : known);
    }
    if (feed.isDueAgain()) {
      askForLook(key, feed);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    feeds.values().forEach(Feed::close);
    looks.shutdown();
    turns.shutdown();
  }
}
