package dev.airlock.web.api;

import dev.airlock.store.LogLine;
import dev.airlock.store.LogPlace;
import dev.airlock.store.Runs;
import dev.airlock.store.Store;
import dev.airlock.workflows.Json;
import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import io.javalin.http.sse.SseHandler;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the lines of an attempt as they are kept: each as an event {@code line} whose id is its
 * number, so that {@code Last-Event-ID} goes on where a stream broke off; an event {@code end} when
 * the attempt has ended and all was sent.
 */
final class LogStreams {
  private static final Logger LOG = LoggerFactory.getLogger(LogStreams.class);
  private static final long LOOK_EVERY_MILLIS = 400;
  private static final int LOOKS_PER_PING = 30;
  private static final int AT_ONCE = 1_000;

  private final Supplier<Store> store;
  private final ScheduledExecutorService clock =
      Executors.newScheduledThreadPool(
          2,
          task -> {
            Thread thread = new Thread(task, "log-streams");
            thread.setDaemon(true);
            return thread;
          });

  LogStreams(Supplier<Store> store) {
    this.store = store;
  }

  void follow(Context ctx, long run, LogPlace place, int attempt, int after, @Nullable String text)
      throws Exception {
    new SseHandler(0, client -> begin(client, new Stream(client, run, place, attempt, after, text)))
        .handle(ctx);
  }

  private void begin(SseClient client, Stream stream) {
    client.keepAlive();
    ScheduledFuture<?> looks =
        clock.scheduleWithFixedDelay(stream::look, 0, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    client.onClose(() -> looks.cancel(false));
  }

  /** One caller who follows one attempt. */
  private final class Stream {
    private final SseClient client;
    private final long run;
    private final LogPlace place;
    private final int attempt;
    private final @Nullable String text;
    private int after;
    private int looks;
    private boolean isOver;

    Stream(
        SseClient client, long run, LogPlace place, int attempt, int after, @Nullable String text) {
      this.client = client;
      this.run = run;
      this.place = place;
      this.attempt = attempt;
      this.after = after;
      this.text = text;
    }

    void look() {
      if (client.terminated()) {
        client.close();
        return;
      }
      try {
        // Workers keep what was said up to a quarter of a second after the end: one more look.
        boolean wasOver = isOver;
        isOver = wasOver || isOver();
        int sent = send();
        if (wasOver && sent < AT_ONCE) {
          client.sendEvent("end", "{}");
          client.close();
        } else if (++looks % LOOKS_PER_PING == 0) {
          client.sendComment("still here");
        }
      } catch (RuntimeException e) {
        LOG.debug("The log of run {} could not be read; it is sent later", run, e);
      }
    }

    private int send() {
      List<LogLine> lines =
          store.get().logs().lines(run, place.key(), attempt, after, text, AT_ONCE);
      for (LogLine line : lines) {
        client.sendEvent("line", Json.write(line), Integer.toString(line.number()));
        after = line.number();
      }
      return lines.size();
    }

    private boolean isOver() {
      Runs runs = store.get().runs();
      boolean hasEnded =
          runs.attempts(run).stream()
              .filter(known -> known.stage().equals(place.key()) && known.attempt() == attempt)
              .anyMatch(known -> known.endedAt() != null);
      return hasEnded
          || runs.find(run).map(found -> found.state().isFinal()).orElse(true)
          || runs.stages(run).stream()
              .filter(found -> found.name().equals(place.stage()))
              .anyMatch(found -> found.state().isFinal())
          || isItemOver();
    }

    private boolean isItemOver() {
      Integer index = place.item();
      return index != null
          && store.get().items().listAfter(run, place.stage(), null, index - 1L, 1).stream()
              .filter(item -> item.index() == index)
              .anyMatch(
                  item ->
                      item.attempt() > attempt
                          || (item.attempt() == attempt && item.state().isFinal()));
    }
  }
}
