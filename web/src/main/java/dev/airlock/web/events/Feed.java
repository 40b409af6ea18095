package dev.airlock.web.events;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What many follow at once, read once for all of them: rows that carry rising numbers, and a state.
 * The newest rows are kept, so that whoever joins costs no read of their own either. A reader who
 * takes less than there is falls behind, and goes on alone from where they are once there is room.
 */
final class Feed {
  private static final int MOST_KEPT = 2_000;
  private static final long MOST_KEPT_BYTES = 2L << 20;

  private final Source source;
  private final List<Reader> readers = new CopyOnWriteArrayList<>();

  /** Who has fallen behind, until somebody is told; a look that fails in between forgets nobody. */
  private final List<Reader> behind = new ArrayList<>();

  private final Deque<Frame> kept = new ArrayDeque<>();
  private final AtomicBoolean isDue = new AtomicBoolean();
  private @Nullable Look newest;
  private long keptBytes;

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

    /** Calls when the reader has room for more. */
    void whenRoom(Runnable then) {
      writer.whenRoom(then);
    }

    /** False where the reader has to take what waits first. */
    private boolean tell(Frame row) {
      if (row.number <= number) {
        return true;
      }
      if (writer.isBehind()) {
        return false;
      }
      number = row.number;
      writer.send(row.bytes);
      return true;
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

  boolean isEmpty() {
    readers.removeIf(reader -> reader.writer.isOver());
    return readers.isEmpty();
  }

  /** From here on the feed is followed; nothing is sent before {@link #catchUp}. */
  Reader enter(EventWriter writer, int after) {
    Reader reader = new Reader(writer, after);
    readers.add(reader);
    return reader;
  }

  /**
   * Sends a reader what all others have had; what follows comes with the looks. False where the
   * reader has to take what waits first: then this is to be called once more.
   */
  boolean catchUp(Reader reader) {
    while (!reader.writer.isOver()) {
      if (isWithinReach(reader)) {
        return finish(reader);
      }
      Look earlier = source.after(reader.number);
      if (!tellAll(earlier.frames(), reader)) {
        return false;
      }
      if (!earlier.isCut()) {
        return finish(reader);
      }
    }
    return true;
  }

  private synchronized boolean isWithinReach(Reader reader) {
    return reader.number >= floor;
  }

  private synchronized boolean finish(Reader reader) {
    for (Frame row : kept) {
      if (!reader.tell(row)) {
        return false;
      }
    }
    reader.hasCaughtUp = true;
    if (newest != null) {
      reader.settle(newest);
    }
    return true;
  }

  private static boolean tellAll(List<Frame> rows, Reader reader) {
    for (Frame row : rows) {
      if (!reader.tell(row)) {
        return false;
      }
    }
    return true;
  }

  /** Looks, and tells everybody who has had all so far; answers who has fallen behind by it. */
  synchronized List<Reader> advance() {
    isDue.set(false);
    List<Reader> caughtUp =
        new ArrayList<>(readers.stream().filter(reader -> reader.hasCaughtUp).toList());
    while (!caughtUp.isEmpty()) {
      Look look = source.after(number);
      for (Frame row : look.frames()) {
        keep(row);
      }
      for (Reader reader : List.copyOf(caughtUp)) {
        if (!tellAll(look.frames(), reader)) {
          reader.hasCaughtUp = false;
          caughtUp.remove(reader);
          behind.add(reader);
        }
      }
      if (!look.isCut()) {
        newest = look;
        caughtUp.forEach(reader -> reader.settle(look));
        break;
      }
      caughtUp.removeIf(reader -> reader.writer.isOver());
    }
    List<Reader> all = List.copyOf(behind);
    behind.clear();
    return all;
  }

  private void keep(Frame row) {
    number = row.number;
    kept.add(row);
    keptBytes += row.bytes.length;
    while (kept.size() > MOST_KEPT || keptBytes > MOST_KEPT_BYTES) {
      Frame oldest = kept.remove();
      keptBytes -= oldest.bytes.length;
      floor = oldest.number;
    }
  }

  void ping() {
    readers.forEach(reader -> reader.writer.send(EventWriter.comment("still here")));
  }

  void close() {
    readers.forEach(reader -> reader.writer.close());
  }
}
