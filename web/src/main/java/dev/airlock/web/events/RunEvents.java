package dev.airlock.web.events;

import dev.airlock.store.Changes;
import dev.airlock.store.Page;
import dev.airlock.store.Run;
import dev.airlock.store.StageEvent;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Query;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RunState;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /runs/{id}/events}: each change of a stage as an event {@code stage}, whose id is its
 * number in the run, so that {@code Last-Event-ID} goes on where a stream broke off; each change of
 * the run's own state as an event {@code run}; an event {@code beat} every few seconds. The stream
 * ends with the run. PostgreSQL wakes it, and it looks by itself every two seconds; a look serves
 * everybody who follows the run.
 */
public final class RunEvents implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
  private static final int AT_ONCE = 1_000;

  private final Supplier<Store> store;
  private final OpenStreams streams;
  private final Feeds<Long> feeds = new Feeds<>("run-events", LOOK_EVERY, Sequence::new);

  RunEvents(Supplier<Store> store, OpenStreams streams) {
    this.store = store;
    this.streams = streams;
  }

  /** Begins to look. */
  public void start() {
    feeds.start();
  }

  /** A word of {@link Changes#RUN}. */
  public void changed(String run) {
    if (run.equals(Changes.EVERYTHING)) {
      feeds.wakeAll();
    } else {
      feeds.wake(Long.valueOf(run));
    }
  }

  /** The stream; a caller that does not ask for one gets the changes so far, in parts. */
  public void serve(Context ctx) {
    long id = Query.id(ctx, "run");
    Run run = find(id);
    int after = lastSeen(ctx);
    if (isStreamWanted(ctx)) {
      streams.open(ctx, writer -> feeds.join(id, writer, after));
    } else {
      Page<StageEvent> page =
          store
              .get()
              .runs()
              .eventPage(id, after, Limits.ofShortList(ctx), Query.text(ctx, "cursor"));
      ctx.json(new Changed(run.state(), page.items(), page.next()));
    }
  }

  private record Changed(RunState state, List<StageEvent> items, @Nullable String next) {}

  static boolean isStreamWanted(Context ctx) {
    String accept = ctx.header("Accept");
    return accept != null && accept.contains("text/event-stream");
  }

  private Run find(long id) {
    return store
        .get()
        .runs()
        .find(id)
        .orElseThrow(() -> new UnknownEntityException("There is no run " + id + "."));
  }

  private static int lastSeen(Context ctx) {
    String header = ctx.header("Last-Event-ID");
    String text = header == null ? Query.text(ctx, "after") : header;
    return text == null ? 0 : Query.count("Last-Event-ID", text);
  }

  private final class Sequence implements Feed.Source {
    private final long id;

    Sequence(long id) {
      this.id = id;
    }

    @Override
    public Feed.Look after(int number) {
      // The run is read before its stages, so at its end nothing is missing.
      Run run = find(id);
      List<StageEvent> events = store.get().runs().eventsSince(id, number);
      boolean isCut = events.size() == AT_ONCE;
      return new Feed.Look(
          events.stream()
              .map(event -> new Feed.Frame(event.sequence(), "stage", Json.write(event)))
              .toList(),
          new Feed.Word("run", Json.write(Map.of("id", id, "state", run.state()))),
          run.state().isFinal() && !isCut,
          isCut,
          number);
    }

    @Override
    public int last() {
      return store.get().runs().lastSequence(id);
    }
  }

  @Override
  public void close() {
    feeds.close();
  }
}
