package dev.airlock.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.airlock.store.NewLogLine;
import dev.airlock.workflows.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of log lines under the lock of this process, which tells others that its writer lives.
 *
 * <p>The system drops a process's lock as soon as the process closes the file, through whichever
 * descriptor: so a journal is never opened twice at a time, and is read through what it is written
 * with. That is no channel, which would close where a thread that writes is interrupted, as those
 * of a cancelled attempt are.
 */
final class AttemptJournal implements AutoCloseable {

  static final String NAME = ".journal";

  private static final Logger log = LoggerFactory.getLogger(AttemptJournal.class);
  private static final String SHIPPED = ".shipped";

  /** What a journal is called until it is locked: nobody takes it for that of a dead worker. */
  private static final String UNLOCKED = ".new";

  private static final int AT_ONCE = 1_000;

  /** The journals that this process has open; their folders by their real paths. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final RandomAccessFile content;

  private AttemptJournal(Path file, RandomAccessFile content) {
    this.file = file;
    this.content = content;
  }

  /** Whether it may go once it is a minute old: shipped, or begun by who died before a line. */
  static boolean isOfNoUse(Path path) {
    String name = path.toString();
    return name.endsWith(SHIPPED) || name.endsWith(NAME + UNLOCKED);
  }

  /** A new one, empty. */
  static AttemptJournal create(Path file) throws IOException {
    Path unlocked = file.resolveSibling(file.getFileName() + UNLOCKED);
    HELD.add(file);
    AttemptJournal journal = open(file, unlocked);
    if (journal == null) {
      throw new IOException(unlocked + " is locked by another process");
    }
    try {
      Files.move(unlocked, file);
      return journal;
    } catch (IOException e) {
      journal.close();
      throw e;
    }
  }

  /**
   * What a worker left that is no more, to be read and shipped; null where whoever writes there
   * lives, in this process or another, or where it is gone.
   */
  static @Nullable AttemptJournal take(Path left) throws IOException {
    if (!HELD.add(left)) {
      return null;
    }
    if (!Files.exists(left)) {
      HELD.remove(left);
      return null;
    }
    return open(left, left);
  }

  /** Null where another process has it; then it is held no more. */
  private static @Nullable AttemptJournal open(Path file, Path place) throws IOException {
    AttemptJournal journal = null;
    boolean isLocked = false;
    try {
      journal = new AttemptJournal(file, new RandomAccessFile(place.toFile(), "rw"));
      isLocked = journal.content.getChannel().tryLock() != null;
      return isLocked ? journal : null;
    } catch (OverlappingFileLockException e) {
      throw new IOException(place + " is open in this process under another name", e);
    } finally {
      if (!isLocked) {
        if (journal == null) {
          HELD.remove(file);
        } else {
          journal.close();
        }
      }
    }
  }

  /** Writes a line at the end; what fails midway leaves nothing of it. */
  synchronized void write(NewLogLine line) throws IOException {
    long before = content.getFilePointer();
    try {
      content.write((Json.write(line) + "\n").getBytes(UTF_8));
    } catch (IOException e) {
      content.setLength(before);
      throw e;
    }
  }

  /** In bytes. */
  synchronized long length() throws IOException {
    return content.length();
  }

  /** Every whole line up to this byte, the oldest first; others may write meanwhile. */
  void read(long end, Consumer<List<NewLogLine>> keep) throws IOException {
    BufferedReader reader = new BufferedReader(new InputStreamReader(bytes(end), UTF_8));
    List<NewLogLine> lines = new ArrayList<>();
    for (String json = reader.readLine(); json != null; json = reader.readLine()) {
      try {
        lines.add(Json.read(json, NewLogLine.class));
      } catch (IllegalArgumentException e) {
        // A line that its worker died in the middle of.
        continue;
      }
      if (lines.size() == AT_ONCE) {
        keep.accept(lines);
        lines.clear();
      }
    }
    if (!lines.isEmpty()) {
      keep.accept(lines);
    }
  }

  private InputStream bytes(long end) {
    return new InputStream() {
      private long at;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        if (at >= end) {
          return -1;
        }
        int count = readAt(at, bytes, offset, (int) Math.min(length, end - at));
        at += Math.max(count, 0);
        return count;
      }
    };
  }

  private synchronized int readAt(long at, byte[] bytes, int offset, int length)
      throws IOException {
    long writing = content.getFilePointer();
    try {
      content.seek(at);
      return content.read(bytes, offset, length);
    } finally {
      content.seek(writing);
    }
  }

  /**
   * Gives it the name of those whose lines are all in PostgreSQL; removes it where it has none. It
   * may have had its last line long ago: its minute begins now.
   */
  void ship() throws IOException {
    try {
      if (length() == 0) {
        Files.delete(file);
        return;
      }
      // This opens and closes it, and so ends the lock: another worker may now ship it, too.
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      Files.move(file, file.resolveSibling(file.getFileName() + SHIPPED));
    } catch (NoSuchFileException e) {
      log.debug("{} is shipped already.", file, e);
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }

  @Override
  public void close() throws IOException {
    try {
      content.close();
    } finally {
      HELD.remove(file);
    }
  }
}
