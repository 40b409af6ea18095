package dev.airlock.web.events;

import dev.airlock.store.Changes;
import dev.airlock.store.Run;
import dev.airlock.store.StageEvent;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Query;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RunState;
import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import io.javalin.http.sse.SseHandler;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /runs/{id}/events}: each change of a stage as an event {@code stage}, whose id is its
 * number in the run, so that {@code Last-Event-ID} goes on where a stream broke off; each change of
 * the run's own state as an event {@code run}. The stream ends with the run. PostgreSQL wakes it,
 * and it looks by itself every two seconds.
 */
public final class RunEvents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunEvents.class);
  private static final long LOOK_EVERY_SECONDS = 2;
  private static final int LOOKS_PER_PING = 6;

  private final Supplier<Store> store;
  private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
  private final SseHandler handler = new SseHandler(0, this::open);
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(daemon("run-events-clock"));
  private final ExecutorService writers = Executors.newCachedThreadPool(daemon("run-events"));

  public RunEvents(Supplier<Store> store) {
    this.store = store;
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
  public void start() {
    clock.scheduleWithFixedDelay(
        () -> streams.forEach(Stream::wake),
        LOOK_EVERY_SECONDS,
        LOOK_EVERY_SECONDS,
        TimeUnit.SECONDS);
  }

  /** A word of {@link Changes#RUN}. */
  public void changed(String run) {
    for (Stream stream : streams) {
      if (run.equals(Changes.EVERYTHING) || run.equals(Long.toString(stream.runId))) {
        stream.wake();
      }
    }
  }

  /** The stream; a caller that does not ask for one gets the changes so far as a list. */
  public void serve(Context ctx) throws Exception {
    long id = Query.id(ctx, "run");
    Run run = find(id);
    String accept = ctx.header("Accept");
    if (accept != null && accept.contains("text/event-stream")) {
      handler.handle(ctx);
    } else {
      List<StageEvent> events = store.get().runs().eventsSince(id, lastSeen(ctx));
      ctx.json(Map.of("state", run.state(), "items", events));
    }
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
    return text == null ? 0 : (int) Query.number("Last-Event-ID", text);
  }

  private void open(SseClient client) {
    Stream stream = new Stream(client, Query.id(client.ctx(), "run"), lastSeen(client.ctx()));
    client.keepAlive();
    client.onClose(() -> streams.remove(stream));
    streams.add(stream);
    stream.wake();
  }

  /** One caller who follows one run. */
  private final class Stream {
    private final SseClient client;
    private final long runId;
    private int sequence;
    private int looks;
    private @Nullable RunState state;
    private final AtomicBoolean isDue = new AtomicBoolean();

    Stream(SseClient client, long runId, int sequence) {
      this.client = client;
      this.runId = runId;
      this.sequence = sequence;
    }

    void wake() {
      if (isDue.compareAndSet(false, true)) {
        writers.execute(this::advance);
      }
    }

    private synchronized void advance() {
      isDue.set(false);
      if (client.terminated()) {
        streams.remove(this);
        return;
      }
      try {
        Run run = find(runId);
        sendStages();
        sendRun(run);
        if (++looks % LOOKS_PER_PING == 0) {
          client.sendComment("still here");
        }
      } catch (RuntimeException e) {
        LOG.debug("The events of run {} could not be read; they are sent later", runId, e);
      }
    }

    private void sendStages() {
      for (StageEvent event : store.get().runs().eventsSince(runId, sequence)) {
        client.sendEvent("stage", Json.write(event), Integer.toString(event.sequence()));
        sequence = event.sequence();
      }
    }

    /** The run was read before its stages, so at its end nothing is missing. */
    private void sendRun(Run run) {
      if (run.state() != state) {
        state = run.state();
        client.sendEvent("run", Json.write(Map.of("id", runId, "state", run.state())), null);
      }
      if (run.state().isFinal()) {
        streams.remove(this);
        client.close();
      }
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    streams.forEach(stream -> stream.client.close());
    writers.shutdown();
  }
}
