package dev.airlock.web.events;

import dev.airlock.store.LogLine;
import dev.airlock.store.LogPlace;
import dev.airlock.store.Store;
import dev.airlock.workflows.Json;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the lines of an attempt as they are kept: each as an event {@code line} whose id is its
 * number, so that {@code Last-Event-ID} goes on where a stream broke off; an event {@code end} when
 * the attempt has ended and all was sent; an event {@code beat} every few seconds. Whoever reads
 * the same is served by one look.
 */
public final class LogStreams implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofMillis(400);

  /** Workers keep what was said up to a quarter of a second after the end; twice that and more. */
  private static final long LAST_LINES_NANOS = 600_000_000;

  private static final int AT_ONCE = 1_000;

  private final Supplier<Store> store;
  private final OpenStreams streams;
  private final Feeds<Said> feeds = new Feeds<>("log-streams", LOOK_EVERY, Lines::new);

  LogStreams(Supplier<Store> store, OpenStreams streams) {
    this.store = store;
    this.streams = streams;
  }

  /** Begins to look. */
  public void start() {
    feeds.start();
  }

  /** What is read: the lines of one attempt that hold a text. */
  private record Said(long run, LogPlace place, int attempt, @Nullable String text) {}

  /** Answers with the lines after a number, then with those that follow. */
  public void follow(
      Context ctx, long run, LogPlace place, int attempt, int after, @Nullable String text) {
    Said said = new Said(run, place, attempt, text);
    if (text == null) {
      streams.open(ctx, writer -> feeds.join(said, writer, after));
    } else {
      streams.openFiltered(ctx, writer -> feeds.join(said, writer, after));
    }
  }

  @Override
  public void close() {
    feeds.close();
  }

  private final class Lines implements Feed.Source {
    private final Said said;
    private volatile @Nullable Long overSince;

    Lines(Said said) {
      this.said = said;
    }

    @Override
    public Feed.Look after(int number) {
      boolean isOver = isOver();
      int upTo = said.text == null ? number : last();
      List<LogLine> lines = said.text != null && upTo <= number ? List.of() : linesAfter(number);
      boolean isCut = lines.size() == AT_ONCE;
      return new Feed.Look(
          lines.stream()
              .map(line -> new Feed.Frame(line.number(), "line", Json.write(line)))
              .toList(),
          isOver && !isCut ? new Feed.Word("end", "{}") : null,
          isOver && !isCut,
          isCut,
          isCut ? number : upTo);
    }

    private List<LogLine> linesAfter(int number) {
      return store
          .get()
          .logs()
          .lines(said.run, said.place.key(), said.attempt, number, said.text, AT_ONCE);
    }

    /** Lines that do not hold the text are counted, too: they are looked through once only. */
    @Override
    public int last() {
      return store.get().logs().lastNumber(said.run, said.place.key(), said.attempt);
    }

    private boolean isOver() {
      Long since = overSince;
      if (since == null && hasEnded()) {
        overSince = System.nanoTime();
      }
      return since != null && System.nanoTime() - since >= LAST_LINES_NANOS;
    }

    private boolean hasEnded() {
      LogPlace place = said.place;
      return store
          .get()
          .logs()
          .hasEnded(said.run, place.key(), place.stage(), place.item(), said.attempt);
    }
  }
}
