package dev.airlock.web.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a request's body before any thread is given to the request, so that those who send a
 * byte now and then hold no thread; and ends whoever has not sent it in time with 408. What finds
 * no memory is refused with 503, what is too large with 413. Only an upload is read by its route as
 * it comes, within the same time or longer.
 */
public final class PatientBodies extends Handler.Wrapper {
  /** The most that a body may have, but for an upload; bytes. */
  public static final int LARGEST = 4 << 20;

  /** Whoever is still sending would find the connection broken, and never read the answer. */
  private static final long MOST_PASSED_OVER = 2L * LARGEST;

  private static final int RETRY_SECONDS = 5;

  private final BodyPatience patience;
  private final Proxies proxies;
  private final BodyMemory predictions = new BodyMemory(8L << 20, 32L << 20);
  private final BodyMemory usual = new BodyMemory(8L << 20, 16L << 20);

  /**
   * Hands whole requests on to another handler.
   *
   * @param proxies know where a request came from
   */
  public PatientBodies(Handler next, BodyPatience patience, Proxies proxies) {
    super(next);
    this.patience = patience;
    this.proxies = proxies;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String length = request.getHeaders().get(HttpHeader.CONTENT_LENGTH);
    boolean hasBody =
        length == null
            ? request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)
            : !length.strip().equals("0");
    if (!hasBody) {
      return super.handle(request, response, callback);
    }
    RequestKind kind = RequestKind.of(request);
    HeldBody held =
        new HeldBody(
            kind == RequestKind.PREDICTION ? predictions : usual,
            Place.of(proxies.sender(request)));
    new Arriving(request, response, callback, held, kind == RequestKind.UPLOAD).begin();
    return true;
  }

  private final class Arriving extends Request.Wrapper {
    private final Response response;
    private final Callback callback;
    private final HeldBody held;
    private final boolean isUpload;
    private final Deque<Content.Chunk> ahead = new ArrayDeque<>();
    private boolean isWhole;

    /** Why the rest is passed over; null as long as all is well. */
    private @Nullable Refusal refusal;

    /** Whether this goes on where Jetty told that there is more to read. */
    private boolean isToldOf;

    /** Whether the clock has nothing to say any more. */
    private boolean isSettled;

    private Scheduler.@Nullable Task deadline;
    private long beganAt;

    /** Counted as it is read, by whomever. */
    private long arrived;

    Arriving(
        Request request, Response response, Callback callback, HeldBody held, boolean isUpload) {
      super(request);
      this.response = response;
      this.held = held;
      this.isUpload = isUpload;
      this.callback =
          Callback.from(
              callback,
              () -> {
                settle();
                held.release();
              });
    }

    void begin() {
      if (isUpload) {
        // Its route may have to wait for a turn: the clock begins when it first reads.
        hand();
        return;
      }
      startClock();
      if (getLength() > MOST_PASSED_OVER) {
        refuse(Refusal.TOO_LARGE);
        return;
      }
      if (getLength() > LARGEST) {
        refusal = Refusal.TOO_LARGE;
      }
      collect();
    }

    private synchronized void startClock() {
      if (deadline == null && !isSettled) {
        beganAt = System.nanoTime();
        schedule(patience.usual().toNanos());
      }
    }

    private synchronized void schedule(long nanos) {
      deadline = getComponents().getScheduler().schedule(this::isDue, nanos, TimeUnit.NANOSECONDS);
    }

    private void isDue() {
      Late late;
      synchronized (this) {
        if (isSettled) {
          return;
        }
        long left = patience.upload().toNanos() - (System.nanoTime() - beganAt);
        if (isUpload && arrived >= BodyPatience.UPLOAD_BYTES && left > 0) {
          schedule(left);
          return;
        }
        isSettled = true;
        late = new Late(left > 0 ? patience.usual() : patience.upload());
      }
      // Whoever waits for more of it, here or in a route, is told.
      getWrapped().fail(late);
    }

    private synchronized void settle() {
      isSettled = true;
      Scheduler.Task task = deadline;
      if (task != null) {
        task.cancel();
      }
    }

    private void collect() {
      while (!isWhole) {
        Content.Chunk chunk = readOne();
        if (chunk == null) {
          getWrapped().demand(this::goOn);
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          if (refusal == null && !(chunk.getFailure() instanceof Late)) {
            ahead.add(chunk);
            break;
          }
          refuse(refusal == null ? Refusal.LATE : refusal);
          return;
        }
        keep(chunk);
        if (refusal != null && (isWhole || arrived > MOST_PASSED_OVER)) {
          refuse(refusal);
          return;
        }
      }
      if (isToldOf) {
        // Jetty tells of one thing after the other: a route that waits here for more would wait for
        // itself.
        getContext().execute(this::hand);
      } else {
        hand();
      }
    }

    private void goOn() {
      isToldOf = true;
      collect();
    }

    private void keep(Content.Chunk chunk) {
      if (refusal == null && held.size() + chunk.remaining() > LARGEST) {
        refusal = Refusal.TOO_LARGE;
      } else if (refusal == null && !held.add(chunk.getByteBuffer())) {
        refusal = Refusal.NO_ROOM;
      }
      if (refusal != null) {
        held.release();
      }
      chunk.release();
    }

    private Content.@Nullable Chunk readOne() {
      Content.Chunk chunk = getWrapped().read();
      if (chunk != null) {
        synchronized (this) {
          arrived += chunk.remaining();
        }
        if (chunk.isLast() && !Content.Chunk.isFailure(chunk)) {
          isWhole = true;
          settle();
        }
        // Jetty's own patience with a silent connection may end a moment before ours.
        if (Content.Chunk.isFailure(chunk) && chunk.getFailure() instanceof TimeoutException) {
          return Content.Chunk.from(new Late(patience.usual()), true);
        }
      }
      return chunk;
    }

    private void refuse(Refusal why) {
      if (why == Refusal.NO_ROOM) {
        response.getHeaders().put(HttpHeader.RETRY_AFTER, RETRY_SECONDS);
      }
      Response.writeError(
          getWrapped(), response, callback, why.status, why.reason(patience.usual()));
    }

    private void hand() {
      // What failed comes after what was there before.
      held.chunks(isWhole).descendingIterator().forEachRemaining(ahead::addFirst);
      try {
        if (!PatientBodies.super.handle(this, response, callback)) {
          Response.writeError(this, response, callback, HttpStatus.NOT_FOUND_404);
        }
      } catch (Throwable e) {
        Response.writeError(this, response, callback, e);
      }
    }

    @Override
    public Content.@Nullable Chunk read() {
      Content.Chunk next = ahead.peek();
      if (next == null) {
        startClock();
        return readOne();
      }
      if (!next.isLast()) {
        ahead.remove();
      } else if (next.hasRemaining()) {
        ahead.remove();
        ahead.add(Content.Chunk.next(next));
      }
      return next;
    }

    @Override
    public void demand(Runnable onContent) {
      if (ahead.isEmpty()) {
        getWrapped().demand(onContent);
      } else {
        getContext().execute(onContent);
      }
    }
  }

  /** Why a body never reaches its route. */
  private enum Refusal {
    LATE(HttpStatus.REQUEST_TIMEOUT_408),
    NO_ROOM(HttpStatus.SERVICE_UNAVAILABLE_503),
    TOO_LARGE(HttpStatus.PAYLOAD_TOO_LARGE_413);

    private final int status;

    Refusal(int status) {
      this.status = status;
    }

    String reason(Duration patience) {
      return switch (this) {
        case LATE ->
            String.format(
                Locale.ROOT, "its body was not here after %d s", Math.max(1, patience.toSeconds()));
        case NO_ROOM ->
            "The bodies that arrive now take all the memory there is for them, or for those from one address; try again in %d s"
                .formatted(RETRY_SECONDS);
        case TOO_LARGE -> "The body is larger than %d MB; send less".formatted(LARGEST >> 20);
      };
    }
  }

  /** The body did not come in time. */
  private static final class Late extends HttpException.RuntimeException {
    private static final long serialVersionUID = 1L;

    Late(Duration patience) {
      super(Refusal.LATE.status, Refusal.LATE.reason(patience));
    }
  }
}
