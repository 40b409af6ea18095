package dev.airlock.web.events;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What many follow at once, read once for all of them: rows that carry rising numbers, and a state.
 * The newest rows are kept, so that whoever joins costs no read of their own either.
 */
final class Feed {
  private static final int MOST_KEPT = 2_000;

  private final Source source;
  private final List<Reader> readers = new ArrayList<>();
  private final Deque<Frame> kept = new ArrayDeque<>();
  private final AtomicBoolean isDue = new AtomicBoolean();
  private @Nullable Look newest;

  /** Everything up to this number was read; {@code kept} begins after {@code floor}. */
  private int number;

  private int floor;

  Feed(Source source, int after) {
    this.source = source;
    this.number = after;
    this.floor = after;
  }

  /** A row, as it goes over the wire. */
  static final class Frame {
    private final int number;
    private final byte[] bytes;

    Frame(int number, String event, String json) {
      this.number = number;
      this.bytes = EventWriter.event(event, json, Integer.toString(number));
    }
  }

  /** Something without a number, such as the state of the whole. */
  record Word(String event, String json) {
    void sendTo(EventWriter writer) {
      writer.send(EventWriter.event(event, json, ""));
    }
  }

  /**
   * What a look has found.
   *
   * @param frames the rows after the number that was asked for, in their order
   * @param state said to each reader when it differs from the one before; null for none
   * @param isOver whether nothing will follow
   * @param isCut whether there are more rows already
   */
  record Look(List<Frame> frames, @Nullable Word state, boolean isOver, boolean isCut) {
    Look {
      frames = List.copyOf(frames);
    }
  }

  /** Reads. */
  interface Source {
    Look after(int number);
  }

  /** One who follows, and how far. */
  static final class Reader {
    private final EventWriter writer;
    private int number;
    private @Nullable Word state;
    private boolean hasCaughtUp;

    private Reader(EventWriter writer, int number) {
      this.writer = writer;
      this.number = number;
    }

    /** Lets the reader come back later. */
    void leave() {
      writer.close();
    }

    private void tell(Frame row) {
      if (row.number > number) {
        number = row.number;
        writer.send(row.bytes);
      }
    }

    private void settle(Look look) {
      Word now = look.state();
      if (now != null && !now.equals(state)) {
        state = now;
        now.sendTo(writer);
      }
      if (look.isOver()) {
        writer.close();
      }
    }
  }

  /** Whether a look has to be asked for; one that is due serves all who ask meanwhile. */
  boolean becomesDue() {
    return isDue.compareAndSet(false, true);
  }

  synchronized boolean isEmpty() {
    readers.removeIf(reader -> reader.writer.isOver());
    return readers.isEmpty();
  }

  /** From here on the feed is followed; nothing is sent before {@link #catchUp}. */
  synchronized Reader enter(EventWriter writer, int after) {
    Reader reader = new Reader(writer, after);
    readers.add(reader);
    return reader;
  }

  /** Sends a reader what all others have had; what follows comes with the looks. */
  synchronized void catchUp(Reader reader) {
    boolean isCut = reader.number < floor;
    while (isCut) {
      Look earlier = source.after(reader.number);
      earlier.frames().stream().filter(row -> row.number <= floor).forEach(reader::tell);
      isCut = earlier.isCut() && reader.number < floor;
    }
    kept.forEach(reader::tell);
    reader.hasCaughtUp = true;
    if (newest != null) {
      reader.settle(newest);
    }
  }

  /** Looks, and tells everybody. */
  synchronized void advance() {
    isDue.set(false);
    List<Reader> caughtUp = readers.stream().filter(reader -> reader.hasCaughtUp).toList();
    Look look;
    do {
      look = source.after(number);
      for (Frame row : look.frames()) {
        keep(row);
        caughtUp.forEach(reader -> reader.tell(row));
      }
    } while (look.isCut());
    newest = look;
    for (Reader reader : caughtUp) {
      reader.settle(look);
    }
  }

  private void keep(Frame row) {
    number = row.number;
    kept.add(row);
    if (kept.size() > MOST_KEPT) {
      floor = kept.remove().number;
    }
  }

  synchronized void ping() {
    readers.forEach(reader -> reader.writer.send(EventWriter.comment("still here")));
  }

  synchronized void close() {
    readers.forEach(reader -> reader.writer.close());
  }
}
