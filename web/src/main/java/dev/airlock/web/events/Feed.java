package dev.airlock.web.events;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What many follow at once, read once for all of them: rows that carry rising numbers, and a state.
 * The newest rows are kept, so that whoever joins costs no read of their own either. A reader who
 * takes less than there is falls behind, and goes on alone from where they are once there is room.
 */
final class Feed {
  private static final int MOST_KEPT = 2_000;

  private static final byte[] BEAT = EventWriter.event("beat", "{}", "");

  private final Source source;
  private final LongSupplier mostBytes;
  private final List<Reader> readers = new CopyOnWriteArrayList<>();

  /** Who has fallen behind, until somebody is told; a look that fails in between forgets nobody. */
  private final List<Reader> behind = new ArrayList<>();

  private final Deque<Frame> kept = new ArrayDeque<>();

  /** How many looks were asked for since the one that is under way began, with that one. */
  private final AtomicInteger due = new AtomicInteger();

  /** Without its rows, which are kept or not. */
  private @Nullable Look newest;

  private long keptBytes;

  /** Everything up to this number was read; {@code kept} begins after {@code floor}. */
  private int number;

  private int floor;

  /**
   * A feed that has read nothing yet.
   *
   * @param after the number of a row that the source has, or 0: rows up to it are never looked for
   * @param mostBytes how much may be kept as things are; less where others need room, too
   */
  Feed(Source source, int after, LongSupplier mostBytes) {
    this.source = source;
    this.mostBytes = mostBytes;
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
   * @param upTo up to which number nothing else is to be found, though no row may carry it
   */
  record Look(List<Frame> frames, @Nullable Word state, boolean isOver, boolean isCut, int upTo) {
    Look {
      frames = List.copyOf(frames);
    }

    private Look withoutRows() {
      return new Look(List.of(), state, isOver, isCut, upTo);
    }
  }

  /** How a turn of catching up has ended. */
  enum Turn {
    /** There is nothing more to catch up with. */
    LAST,
    /** There is more, and room for it. */
    MORE,
    /** The reader has to take what waits first. */
    FULL
  }

  /** Reads. */
  interface Source {
    Look after(int number);

    /** The number of the newest row that there is; 0 where there is none. */
    int last();
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
    return due.getAndIncrement() == 0;
  }

  /** After a look: whether somebody has asked for one since it began. */
  boolean isDueAgain() {
    return !due.compareAndSet(1, 0);
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
   * Sends a reader a part of what all others have had, by one read at most, so that those who catch
   * up take turns. Once they have had all, what follows comes with the looks.
   */
  Turn catchUp(Reader reader) {
    if (reader.writer.isOver()) {
      return Turn.LAST;
    }
    int known = reach();
    if (!isWithinReach(reader)) {
      Look earlier = source.after(reader.number);
      if (!tellAll(earlier.frames(), reader)) {
        return Turn.FULL;
      }
      if (earlier.isCut()) {
        return Turn.MORE;
      }
      reader.number = Math.max(reader.number, known);
    }
    return takeUp(reader);
  }

  private synchronized int reach() {
    return number;
  }

  /** Whether it has come as far as this already. */
  boolean reaches(int row) {
    return reach() >= row;
  }

  private synchronized boolean isWithinReach(Reader reader) {
    return reader.number >= floor;
  }

  /** The same without any read: there is more where what is kept does not reach back so far. */
  synchronized Turn takeUp(Reader reader) {
    if (!isWithinReach(reader)) {
      return Turn.MORE;
    }
    for (Frame row : kept) {
      if (!reader.tell(row)) {
        return Turn.FULL;
      }
    }
    reader.hasCaughtUp = true;
    if (newest != null) {
      reader.settle(newest);
    }
    return Turn.LAST;
  }

  private static boolean tellAll(List<Frame> rows, Reader reader) {
    for (Frame row : rows) {
      if (!reader.tell(row)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Looks, and tells everybody who has had all so far; answers who has fallen behind by it. Not to
   * be called by two at a time. Whoever joins does not wait for the read.
   */
  List<Reader> advance() {
    due.set(1);
    boolean isCut = true;
    while (isCut && isFollowed()) {
      isCut = tell(source.after(reach()));
    }
    return fallen();
  }

  private synchronized boolean isFollowed() {
    return readers.stream().anyMatch(reader -> reader.hasCaughtUp && !reader.writer.isOver());
  }

  private synchronized boolean tell(Look look) {
    look.frames().forEach(this::keep);
    makeRoom();
    number = Math.max(number, look.upTo());
    for (Reader reader : readers) {
      if (!reader.hasCaughtUp) {
        continue;
      }
      if (!tellAll(look.frames(), reader)) {
        reader.hasCaughtUp = false;
        behind.add(reader);
      } else if (!look.isCut()) {
        reader.settle(look);
      }
    }
    if (!look.isCut()) {
      newest = look.withoutRows();
    }
    return look.isCut();
  }

  private synchronized List<Reader> fallen() {
    List<Reader> all = List.copyOf(behind);
    behind.clear();
    return all;
  }

  private void keep(Frame row) {
    number = row.number;
    kept.add(row);
    keptBytes += row.bytes.length;
  }

  /** Whoever would have needed what is dropped here reads it again. */
  private void makeRoom() {
    long most = mostBytes.getAsLong();
    while (kept.size() > MOST_KEPT || keptBytes > most) {
      Frame oldest = kept.remove();
      keptBytes -= oldest.bytes.length;
      floor = oldest.number;
    }
  }

  /** Says that all is well, so that silence means that the connection is lost. */
  void beat() {
    readers.forEach(reader -> reader.writer.send(BEAT));
  }

  void close() {
    readers.forEach(reader -> reader.writer.close());
  }
}
