package dev.airlock.web.events;

import io.javalin.http.Context;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events to one reader, without a thread of its own: what the reader does not take yet
 * waits here, so nobody who sends ever waits. A reader who falls too far behind is let go; browsers
 * come back with {@code Last-Event-ID}.
 */
public final class EventWriter {
  private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);

  /** What may wait for a reader, in bytes. */
  private static final long MOST_WAITING = 4L << 20;

  /** From here on whoever can send later should. */
  private static final long MUCH_WAITING = 1L << 20;

  /** There is room again. */
  private static final long LITTLE_WAITING = 1L << 18;

  private final ServletOutputStream output;
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private long waitingBytes;
  private @Nullable Runnable onRoom;
  private boolean isListening;
  private boolean isUnflushed;
  private boolean isClosing;

  private EventWriter(ServletOutputStream output) {
    this.output = output;
  }

  /**
   * Answers a request with a stream.
   *
   * @param begin is handed the writer once it can be used
   */
  static void open(Context ctx, Consumer<EventWriter> begin) {
    HttpServletResponse response = ctx.res();
    response.setContentType("text/event-stream;charset=utf-8");
    response.setHeader("Cache-Control", "no-store");
    // Proxies would keep events back until a block is full.
    response.setHeader("X-Accel-Buffering", "no");
    ctx.future(
        () -> {
          try {
            EventWriter writer = over(response.getOutputStream());
            begin.accept(writer);
            return writer.end;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** One that says at once that it is open. */
  static EventWriter over(ServletOutputStream output) {
    EventWriter writer = new EventWriter(output);
    writer.send(comment("open"));
    output.setWriteListener(writer.new Listener());
    return writer;
  }

  /** An event as it goes over the wire; the id is left out where it is empty. */
  public static byte[] event(String name, String json, String id) {
    String head = id.isEmpty() ? "" : "id: " + id + "\n";
    return (head + "event: " + name + "\ndata: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  /** What readers pass over; it keeps the connection alive. */
  public static byte[] comment(String text) {
    return (": " + text + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Sends as soon as the reader takes it. */
  public synchronized void send(byte[] frame) {
    if (isClosing || end.isDone()) {
      return;
    }
    if (waitingBytes + frame.length > MOST_WAITING) {
      LOG.debug("A reader of events has fallen {} bytes behind and is let go", waitingBytes);
      end.complete(null);
      return;
    }
    waiting.add(frame);
    waitingBytes += frame.length;
    drain();
  }

  /** Whether more waits than one should add to. */
  public synchronized boolean isBehind() {
    return waitingBytes > MUCH_WAITING;
  }

  /**
   * Calls once the reader has taken most of what waits, perhaps at once; never where the stream
   * ends before. One wish at a time; it must not block.
   */
  public synchronized void whenRoom(Runnable then) {
    onRoom = then;
    tellRoom();
  }

  private void tellRoom() {
    Runnable then = onRoom;
    if (then != null && waitingBytes <= LITTLE_WAITING) {
      onRoom = null;
      then.run();
    }
  }

  /** Ends the stream with this frame; what still waits is not sent any more. */
  public synchronized void closeWith(byte[] frame) {
    waiting.clear();
    waitingBytes = 0;
    send(frame);
    close();
  }

  /** Ends the stream once everything has been sent. */
  public synchronized void close() {
    isClosing = true;
    drain();
  }

  public boolean isOver() {
    return end.isDone();
  }

  /** Whether nothing waits for the reader. */
  public synchronized boolean isIdle() {
    return waiting.isEmpty();
  }

  /** Calls once the stream has ended, by whomever. */
  public void whenOver(Runnable then) {
    var unused = end.whenComplete((nothing, failure) -> then.run());
  }

  private synchronized void drain() {
    try {
      while (!end.isDone() && isListening && output.isReady()) {
        byte[] next = waiting.poll();
        if (next != null) {
          waitingBytes -= next.length;
          isUnflushed = true;
          output.write(next);
          tellRoom();
        } else if (isUnflushed) {
          isUnflushed = false;
          output.flush();
        } else {
          if (isClosing) {
            end.complete(null);
          }
          return;
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.trace("A reader of events has gone", e);
      end.complete(null);
    }
  }

  private final class Listener implements WriteListener {
    @Override
    public void onWritePossible() {
      synchronized (EventWriter.this) {
        isListening = true;
      }
      drain();
    }

    @Override
    public void onError(Throwable failure) {
      LOG.trace("A reader of events has gone", failure);
      end.complete(null);
    }
  }
}
