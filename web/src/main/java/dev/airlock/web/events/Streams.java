package dev.airlock.web.events;

import dev.airlock.store.Changes;
import dev.airlock.store.Store;
import java.time.Duration;
import java.util.function.Supplier;

/** Everything that tells readers of changes as they happen. */
public final class Streams implements AutoCloseable {
  private final OpenStreams open;
  private final RunEvents runs;
  private final LogStreams logs;
  private final PageEvents pages;

  /**
   * Over a store that may not be there yet.
   *
   * @param idle after how long without a request a session is over, and its streams with it
   */
  public Streams(Supplier<Store> store, Duration idle) {
    this.open = new OpenStreams(store, idle);
    this.runs = new RunEvents(store, open);
    this.logs = new LogStreams(store, open);
    this.pages = new PageEvents(open);
  }

  public RunEvents runs() {
    return runs;
  }

  public LogStreams logs() {
    return logs;
  }

  public PageEvents pages() {
    return pages;
  }

  /** Begins to look and to tell. */
  public void start() {
    open.start();
    runs.start();
    logs.start();
    pages.start();
  }

  /** Hears what is committed. */
  public void listenTo(Changes changes) {
    changes.subscribe(Changes.RUN, runs::changed);
    pages.listenTo(changes);
  }

  @Override
  public void close() {
    open.close();
    runs.close();
    logs.close();
    pages.close();
  }
}
