package dev.airlock.worker;

import dev.airlock.store.Logs;
import dev.airlock.store.NewLogLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what attempts say. A line is in this process's journal, a file, before whoever said it goes
 * on, and in PostgreSQL within a quarter of a second; where PostgreSQL is away, when it is back.
 * What a worker that was killed had not brought there yet, the next one in the same home brings. A
 * journal whose lines are all there stays for a minute more under the name {@code
 * *.journal.shipped}: a backup that saw PostgreSQL before they came finds them in it. Bringing a
 * line twice does no harm, since it is unique under its number.
 */
final class AttemptLogs implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AttemptLogs.class);
  private static final int AT_ONCE = 1_000;
  private static final int MOST_PENDING = 50_000;
  private static final long LARGEST = 1L << 20;

  /** Longer than a backup takes from PostgreSQL's snapshot to the journals. */
  private static final Duration KEPT = Duration.ofMinutes(1);

  private final Path folder;
  private final Logs logs;
  private final Deque<NewLogLine> pending = new ArrayDeque<>();
  private final Object shipping = new Object();
  private AttemptJournal journal;
  private boolean isBehind;

  private AttemptLogs(Path folder, Logs logs) throws IOException {
    this.folder = Files.createDirectories(folder).toRealPath();
    this.logs = logs;
    this.journal = begin(this.folder);
  }

  private static AttemptJournal begin(Path folder) throws IOException {
    return AttemptJournal.create(
        folder.resolve("worker-" + UUID.randomUUID() + AttemptJournal.NAME));
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
        journal.write(line);
      } catch (IOException e) {
        log.debug("The journal {} can't be written.", journal, e);
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
        beginAnother();
      } catch (IOException | RuntimeException e) {
        log.debug("What attempts say can't be kept yet; it stays in {}.", folder, e);
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
    long end;
    synchronized (pending) {
      if (!isBehind) {
        return;
      }
      end = journal.length();
      isBehind = false;
    }
    boolean isThere = false;
    try {
      journal.read(end, logs::keep);
      isThere = true;
    } finally {
      if (!isThere) {
        synchronized (pending) {
          isBehind = true;
        }
      }
    }
  }

  private void beginAnother() throws IOException {
    synchronized (pending) {
      if (pending.isEmpty() && !isBehind && journal.length() > LARGEST) {
        AttemptJournal next = begin(folder);
        try (AttemptJournal full = journal) {
          journal = next;
          full.ship();
        }
      }
    }
  }

  /**
   * Brings what workers of this home have left that are no more, and removes what has been there
   * for long enough.
   */
  void recover() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path path : files.toList()) {
        if (AttemptJournal.isOfNoUse(path)) {
          sweep(path);
        } else if (path.toString().endsWith(AttemptJournal.NAME)) {
          recover(path);
        }
      }
    } catch (IOException e) {
      log.warn("{} can't be listed.", folder, e);
    }
  }

  /** Another worker of this home may be at it, too. */
  private static void sweep(Path old) throws IOException {
    try {
      if (Files.getLastModifiedTime(old).toInstant().isBefore(Instant.now().minus(KEPT))) {
        Files.deleteIfExists(old);
      }
    } catch (NoSuchFileException e) {
      log.debug("{} is gone already.", old, e);
    }
  }

  private void recover(Path left) {
    try (AttemptJournal taken = AttemptJournal.take(left)) {
      if (taken != null) {
        taken.read(taken.length(), logs::keep);
        taken.ship();
      }
    } catch (IOException | RuntimeException e) {
      log.warn("What a worker left in {} can't be kept yet. {}", left, e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    flush();
    synchronized (shipping) {
      synchronized (pending) {
        try {
          if (pending.isEmpty() && !isBehind) {
            journal.ship();
          }
        } finally {
          journal.close();
        }
      }
    }
  }
}
