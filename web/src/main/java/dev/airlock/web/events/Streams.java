package dev.airlock.web.events;

import dev.airlock.store.Changes;
import dev.airlock.store.Store;
import java.util.function.Supplier;

/** Everything that tells readers of changes as they happen. */
public record Streams(RunEvents runs, LogStreams logs, PageEvents pages) implements AutoCloseable {

  /** Over a store that may not be there yet. */
  public static Streams over(Supplier<Store> store) {
    return new Streams(new RunEvents(store), new LogStreams(store), new PageEvents());
  }

  /** Begins to look and to tell. */
  public void start() {
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
    runs.close();
    logs.close();
    pages.close();
  }
}
