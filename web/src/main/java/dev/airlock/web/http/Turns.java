package dev.airlock.web.http;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Who may hold a thread: all requests from one address together no more than half of what there is,
 * so that one sender never takes all; and each {@link RequestKind} has threads of its own, so that
 * whatever happens to pages and the API, predictions and health answer. Whoever comes while all are
 * taken waits without a thread, in the order in which they came, but not for long. A stream of
 * events holds none.
 */
public final class Turns extends Handler.Wrapper {
  private static final Map<RequestKind, Integer> THREADS_OF =
      Map.of(
          RequestKind.HEALTH, 8,
          RequestKind.PREDICTION, 40,
          RequestKind.UPLOAD, 8,
          RequestKind.USUAL, 140);

  /** Handlers that run at once, at most; whoever makes the threads needs a few more. */
  public static final int THREADS = THREADS_OF.values().stream().mapToInt(Integer::intValue).sum();

  private static final int MOST_WAITING = 1_000;

  /** Jetty gives up a connection on which nothing happens for 30 s, and tells nobody. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

  private static final int RETRY_SECONDS = 5;

  private final Proxies proxies;
  private final Duration longestWait;
  private final Map<RequestKind, Lane> lanes = new EnumMap<>(RequestKind.class);

  /**
   * Lets requests through to another handler.
   *
   * @param proxies know where a request came from
   */
  public Turns(@Nullable Handler next, Proxies proxies) {
    this(next, proxies, LONGEST_WAIT);
  }

  Turns(@Nullable Handler next, Proxies proxies, Duration longestWait) {
    super(next);
    this.proxies = proxies;
    this.longestWait = longestWait;
    THREADS_OF.forEach((kind, most) -> lanes.put(kind, new Lane(most)));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Lane lane = Objects.requireNonNull(lanes.get(RequestKind.of(request)));
    Turn turn = new Turn(request, response, callback, lane, Place.of(proxies.sender(request)));
    switch (lane.ask(turn)) {
      case NOW -> turn.run();
      case LATER -> turn.waitFor(longestWait);
      case NEVER -> turn.refuse(HttpStatus.TOO_MANY_REQUESTS_429);
    }
    return true;
  }

  private enum Admission {
    NOW,
    LATER,
    NEVER
  }

  /** Threads for one kind of request. */
  private static final class Lane {
    private final int most;
    private final Map<String, Integer> running = new HashMap<>();
    private final Map<String, Integer> waitingOf = new HashMap<>();
    private final Set<Turn> waiting = new LinkedHashSet<>();
    private int all;

    Lane(int most) {
      this.most = most;
    }

    synchronized Admission ask(Turn turn) {
      if (hasRoom(turn)) {
        begin(turn);
        return Admission.NOW;
      }
      if (waiting.size() >= MOST_WAITING
          || waitingOf.getOrDefault(turn.address, 0) >= MOST_WAITING / 2) {
        return Admission.NEVER;
      }
      waiting.add(turn);
      waitingOf.merge(turn.address, 1, Integer::sum);
      return Admission.LATER;
    }

    /** Whether it still waited. */
    synchronized boolean giveUp(Turn turn) {
      boolean waited = waiting.remove(turn);
      if (waited) {
        countDown(waitingOf, turn);
      }
      return waited;
    }

    private static void countDown(Map<String, Integer> counts, Turn turn) {
      counts.computeIfPresent(turn.address, (same, count) -> count == 1 ? null : count - 1);
    }

    private boolean hasRoom(Turn turn) {
      return all < most && running.getOrDefault(turn.address, 0) < most / 2;
    }

    private void begin(Turn turn) {
      all++;
      running.merge(turn.address, 1, Integer::sum);
    }

    /** Whose turn it is now that one has ended; null for nobody's. */
    synchronized @Nullable Turn next(Turn ended) {
      all--;
      countDown(running, ended);
      for (Iterator<Turn> each = waiting.iterator(); each.hasNext(); ) {
        Turn turn = each.next();
        if (hasRoom(turn)) {
          each.remove();
          countDown(waitingOf, turn);
          begin(turn);
          return turn;
        }
      }
      return null;
    }
  }

  /** One request. */
  private final class Turn implements Runnable {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Lane lane;
    private final String address;
    private volatile Scheduler.@Nullable Task limit;

    Turn(Request request, Response response, Callback callback, Lane lane, String address) {
      this.request = request;
      this.response = response;
      this.callback = callback;
      this.lane = lane;
      this.address = address;
    }

    void waitFor(Duration longest) {
      limit =
          request
              .getComponents()
              .getScheduler()
              .schedule(this::giveUp, longest.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void giveUp() {
      if (lane.giveUp(this)) {
        request
            .getComponents()
            .getExecutor()
            .execute(() -> refuse(HttpStatus.SERVICE_UNAVAILABLE_503));
      }
    }

    @Override
    public void run() {
      Scheduler.Task waited = limit;
      if (waited != null) {
        waited.cancel();
      }
      try {
        if (!Turns.super.handle(request, response, callback)) {
          Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
        }
      } catch (Throwable e) {
        Response.writeError(request, response, callback, e);
      } finally {
        Turn next = lane.next(this);
        if (next != null) {
          request.getComponents().getExecutor().execute(next);
        }
      }
    }

    void refuse(int status) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, RETRY_SECONDS);
      Response.writeError(
          request,
          response,
          callback,
          status,
          "More requests wait than this process answers; try again in %d s"
              .formatted(RETRY_SECONDS));
    }
  }
}
