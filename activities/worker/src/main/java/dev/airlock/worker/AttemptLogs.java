package dev.airlock.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.airlock.store.Logs;
import dev.airlock.store.NewLogLine;
import dev.airlock.workflows.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what attempts say. A line is in this process's journal, a file, before whoever said it goes
 * on, and in PostgreSQL within a quarter of a second; where PostgreSQL is away, when it is back.
 * What a worker that was killed had not brought there yet, the next one in the same home brings.
 */
final class AttemptLogs implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AttemptLogs.class);
  private static final int AT_ONCE = 1_000;
  private static final int MOST_PENDING = 50_000;
  private static final long LARGEST_EMPTIED = 1L << 20;
  private static final String JOURNAL = ".journal";

  private final Path folder;
  private final Logs logs;
  private final Path file;
  private final FileChannel journal;
  private final Deque<NewLogLine> pending = new ArrayDeque<>();
  private final Object shipping = new Object();
  private boolean isBehind;

  private AttemptLogs(Path folder, Logs logs) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.logs = logs;
    this.file = folder.resolve("worker-" + UUID.randomUUID() + JOURNAL);
    this.journal = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    if (journal.tryLock() == null) {
      throw new IOException(file + " is locked by another process");
    }
  }

  /** Opens a journal of this process's own in the folder. */
  static AttemptLogs open(Path folder, Logs logs) {
    try {
      return new AttemptLogs(folder, logs);
    } catch (IOException e) {
      throw new UncheckedIOException("Logs can't be written in " + folder, e);
    }
  }

  /** Writes a line down. Never fails an attempt. */
  void add(NewLogLine line) {
    synchronized (pending) {
      try {
        ByteBuffer bytes = ByteBuffer.wrap((Json.write(line) + "\n").getBytes(UTF_8));
        while (bytes.hasRemaining()) {
          journal.write(bytes);
        }
      } catch (IOException e) {
        log.debug("The journal {} can't be written.", file, e);
      }
      if (pending.size() < MOST_PENDING) {
        pending.add(line);
      } else {
        isBehind = true;
      }
    }
  }

  /** The number of the last line that is kept of an attempt; 0 where nobody can tell. */
  int lastNumber(long runId, String stage, int attempt) {
    try {
      return logs.lastNumber(runId, stage, attempt);
    } catch (RuntimeException e) {
      log.debug("Nobody knows what run {} said before.", runId, e);
      return 0;
    }
  }

  /** Brings what is pending to PostgreSQL; an outage leaves it for the next time. */
  void flush() {
    synchronized (shipping) {
      try {
        for (List<NewLogLine> some = next(); !some.isEmpty(); some = next()) {
          logs.keep(some);
          forget(some.size());
        }
        catchUp();
        emptyJournal();
      } catch (IOException | RuntimeException e) {
        log.debug("What attempts say can't be kept yet; it stays in {}.", file, e);
      }
    }
  }

  private List<NewLogLine> next() {
    synchronized (pending) {
      return pending.stream().limit(AT_ONCE).toList();
    }
  }

  private void forget(int lines) {
    synchronized (pending) {
      for (int i = 0; i < lines; i++) {
        pending.poll();
      }
    }
  }

  /** After an outage in which more was said than memory holds. */
  private void catchUp() throws IOException {
    boolean isDue;
    synchronized (pending) {
      isDue = isBehind;
    }
    if (isDue) {
      read(file, logs::keep);
      synchronized (pending) {
        isBehind = false;
      }
    }
  }

  private void emptyJournal() throws IOException {
    synchronized (pending) {
      if (pending.isEmpty() && !isBehind && journal.position() > LARGEST_EMPTIED) {
        journal.truncate(0);
      }
    }
  }

  /** Brings what workers of this home have left that are no more. */
  void recover() {
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(path -> path.toString().endsWith(JOURNAL) && !path.equals(file))
          .forEach(this::recover);
    } catch (IOException e) {
      log.warn("{} can't be listed.", folder, e);
    }
  }

  private void recover(Path left) {
    try (FileChannel channel = FileChannel.open(left, StandardOpenOption.WRITE);
        FileLock lock = lock(channel)) {
      if (lock != null) {
        read(left, logs::keep);
        Files.delete(left);
      }
    } catch (IOException | RuntimeException e) {
      log.warn("What a worker left in {} can't be kept yet. {}", left, e.toString());
    }
  }

  /** Null where the process that writes there lives. */
  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static void read(Path journal, Consumer<List<NewLogLine>> keep) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(journal)) {
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
  }

  @Override
  public void close() throws IOException {
    flush();
    boolean isDone;
    synchronized (pending) {
      isDone = pending.isEmpty() && !isBehind;
      journal.close();
    }
    if (isDone) {
      Files.deleteIfExists(file);
    }
  }
}
