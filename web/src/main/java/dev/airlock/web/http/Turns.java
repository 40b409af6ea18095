package dev.airlock.web.http;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Who may hold a thread: all requests from one address together no more than half of what there is,
 * so that one sender never takes all; and predictions and health have threads of their own, so that
 * whatever happens to pages and the API, they answer. Whoever comes while all are taken waits
 * without a thread, in the order in which they came. A stream of events holds none.
 */
public final class Turns extends Handler.Wrapper {
  /** Of pages and the API. */
  private static final int USUAL = 140;

  /** Of predictions and health. */
  private static final int KEPT = 40;

  /** Handlers that run at once, at most; whoever makes the threads needs a few more. */
  public static final int THREADS = USUAL + KEPT;

  private static final int MOST_WAITING = 1_000;

  private final Proxies proxies;
  private final Lane usual = new Lane(USUAL, USUAL / 2);
  private final Lane kept = new Lane(KEPT, KEPT / 2);

  /**
   * Lets requests through to another handler.
   *
   * @param proxies know where a request came from
   */
  public Turns(@Nullable Handler next, Proxies proxies) {
    super(next);
    this.proxies = proxies;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = String.valueOf(request.getHttpURI().getCanonicalPath());
    boolean isKept =
        path.startsWith("/v2/") || path.equals("/api/v1/health") || path.equals("/api/v1/ready");
    Lane lane = isKept ? kept : usual;
    Turn turn = new Turn(request, response, callback, lane, Place.of(proxies.sender(request)));
    switch (lane.ask(turn)) {
      case NOW -> turn.run();
      case LATER -> {}
      case NEVER -> turn.refuse();
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
    private final int mostOfOne;
    private final Map<String, Integer> running = new HashMap<>();
    private final Deque<Turn> waiting = new ArrayDeque<>();
    private int all;

    Lane(int most, int mostOfOne) {
      this.most = most;
      this.mostOfOne = mostOfOne;
    }

    synchronized Admission ask(Turn turn) {
      if (hasRoom(turn)) {
        begin(turn);
        return Admission.NOW;
      }
      if (waiting.size() >= MOST_WAITING) {
        return Admission.NEVER;
      }
      waiting.add(turn);
      return Admission.LATER;
    }

    private boolean hasRoom(Turn turn) {
      return all < most && running.getOrDefault(turn.address, 0) < mostOfOne;
    }

    private void begin(Turn turn) {
      all++;
      running.merge(turn.address, 1, Integer::sum);
    }

    /** Whose turn it is now that one has ended; null for nobody's. */
    synchronized @Nullable Turn next(Turn ended) {
      all--;
      running.computeIfPresent(ended.address, (same, count) -> count == 1 ? null : count - 1);
      for (Iterator<Turn> each = waiting.iterator(); each.hasNext(); ) {
        Turn turn = each.next();
        if (hasRoom(turn)) {
          each.remove();
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

    Turn(Request request, Response response, Callback callback, Lane lane, String address) {
      this.request = request;
      this.response = response;
      this.callback = callback;
      this.lane = lane;
      this.address = address;
    }

    @Override
    public void run() {
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

    void refuse() {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, 5);
      Response.writeError(
          request,
          response,
          callback,
          HttpStatus.TOO_MANY_REQUESTS_429,
          "More requests wait than this process answers; try again in 5 s");
    }
  }
}
