package dev.airlock.web.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a request's body before any thread is given to the request, so that those who send a
 * byte now and then hold no thread; and ends whoever has not sent it in time with 408. What is
 * larger than {@value #MOST_HELD} bytes is read by its route as it comes, within the same time.
 */
public final class PatientBodies extends Handler.Wrapper {
  /** More than any route but the uploads takes. */
  private static final int MOST_HELD = (4 << 20) + 1;

  /** Of all requests together; beyond it, routes read for themselves. */
  private static final long MOST_HELD_IN_ALL = 48L << 20;

  private final BodyPatience patience;
  private final AtomicLong heldInAll = new AtomicLong();

  /** Hands whole requests on to another handler. */
  public PatientBodies(Handler next, BodyPatience patience) {
    super(next);
    this.patience = patience;
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
    new Arriving(request, response, callback).begin();
    return true;
  }

  private final class Arriving extends Request.Wrapper {
    private final Response response;
    private final Callback callback;
    private final long beganAt = System.nanoTime();
    private final Deque<Content.Chunk> ahead = new ArrayDeque<>();
    private ByteArrayOutputStream held = new ByteArrayOutputStream();
    private long counted;
    private boolean isWhole;

    /** Whether this goes on where Jetty told that there is more to read. */
    private boolean isToldOf;

    /** Whether the clock has nothing to say any more. */
    private boolean isSettled;

    private Scheduler.@Nullable Task deadline;

    /** Counted as it is read, by whomever. */
    private long arrived;

    Arriving(Request request, Response response, Callback callback) {
      super(request);
      this.response = response;
      this.callback =
          Callback.from(
              callback,
              () -> {
                settle();
                heldInAll.addAndGet(-counted);
              });
    }

    void begin() {
      long declared = getLength();
      schedule(patience.usual().toNanos());
      if (declared > MOST_HELD) {
        hand();
      } else {
        collect();
      }
    }

    private synchronized void schedule(long nanos) {
      deadline = getComponents().getScheduler().schedule(this::isDue, nanos, TimeUnit.NANOSECONDS);
    }

    private void isDue() {
      synchronized (this) {
        if (isSettled) {
          return;
        }
        long left = patience.upload().toNanos() - (System.nanoTime() - beganAt);
        if (arrived >= BodyPatience.UPLOAD_BYTES && left > 0) {
          schedule(left);
          return;
        }
        isSettled = true;
      }
      // Whoever waits for more of it, here or in a route, is told.
      getWrapped().fail(new Late(patience));
    }

    private synchronized void settle() {
      isSettled = true;
      Scheduler.Task task = deadline;
      if (task != null) {
        task.cancel();
      }
    }

    private void collect() {
      while (held.size() < MOST_HELD && heldInAll.get() < MOST_HELD_IN_ALL) {
        Content.Chunk chunk = readOne();
        if (chunk == null) {
          getWrapped().demand(this::goOn);
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          if (chunk.getFailure() instanceof Late late) {
            refuse(late);
            return;
          }
          ahead.add(chunk);
          break;
        }
        keep(chunk);
        if (isWhole) {
          break;
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

    /** A chunk may hold on to far more memory than it has bytes. */
    private void keep(Content.Chunk chunk) {
      byte[] bytes = BufferUtil.toArray(chunk.getByteBuffer());
      held.writeBytes(bytes);
      counted += bytes.length;
      heldInAll.addAndGet(bytes.length);
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
          return Content.Chunk.from(new Late(patience), true);
        }
      }
      return chunk;
    }

    private void refuse(Late late) {
      Response.writeError(getWrapped(), response, callback, late.getCode(), late.getReason());
    }

    private void hand() {
      if (held.size() > 0 || isWhole) {
        ahead.addFirst(Content.Chunk.from(ByteBuffer.wrap(held.toByteArray()), isWhole));
        held = new ByteArrayOutputStream(0);
      }
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

  /** The body did not come in time. */
  private static final class Late extends HttpException.RuntimeException {
    private static final long serialVersionUID = 1L;

    Late(BodyPatience patience) {
      super(
          HttpStatus.REQUEST_TIMEOUT_408,
          String.format(
              Locale.ROOT,
              "its body was not here after %d s",
              Math.max(1, patience.usual().toSeconds())));
    }
  }
}
