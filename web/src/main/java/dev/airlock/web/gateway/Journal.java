package dev.airlock.web.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.airlock.store.Prediction;
import dev.airlock.workflows.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Predictions on the local disk before anyone hears of them: a folder of segments, each a file of
 * lines, each line its CRC-32 and the JSON of one prediction. Appended under one lock with one
 * write a request, so that a killed process loses nothing that it has answered; forced to the disk
 * every 100 ms. A torn last line is known by its checksum and passed over.
 *
 * <p>The folder is locked for as long as its process lives; {@link JournalShipper} empties those of
 * the dead too.
 */
public final class Journal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final long FORCE_EVERY_MILLIS = 100;
  private static final int CHECKSUM = 8;
  private static final ObjectMapper JSON = Json.mapper();
  static final String SEGMENTS = "*.log";
  static final String LOCK = "lock";

  private final Path folder;
  private final FileChannel lockFile;
  private final FileLock lock;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "journal-force");
            thread.setDaemon(true);
            return thread;
          });
  private FileChannel segment;
  private Path segmentFile;
  private long written;
  private int number;
  private volatile boolean unforced;

  private Journal(Path folder, FileChannel lockFile, FileLock lock) throws IOException {
    this.folder = folder;
    this.lockFile = lockFile;
    this.lock = lock;
    this.segmentFile = folder.resolve(name(0));
    this.segment = create(segmentFile);
  }

  /**
   * Opens a journal in a new folder under {@code root}.
   *
   * @param owner names the folder; unique among all processes
   */
  @SuppressWarnings("FutureReturnValueIgnored")
  public static Journal open(Path root, String owner) {
    Path folder = root.resolve(owner);
    try {
      Files.createDirectories(folder);
      FileChannel lockFile =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = lockFile.tryLock();
      if (lock == null) {
        lockFile.close();
        throw new IOException("another process holds its lock");
      }
      Journal journal = new Journal(folder, lockFile, lock);
      journal.clock.scheduleWithFixedDelay(
          journal::force, FORCE_EVERY_MILLIS, FORCE_EVERY_MILLIS, TimeUnit.MILLISECONDS);
      return journal;
    } catch (IOException e) {
      throw new UncheckedIOException("The journal " + folder + " can't be opened", e);
    }
  }

  /**
   * Appends the predictions of one request; on return the operating system has them.
   *
   * @throws UncheckedIOException where they could not be written; then nothing may be answered
   */
  public void append(List<Prediction> predictions) {
    ByteBuffer lines = ByteBuffer.wrap(lines(predictions));
    synchronized (this) {
      try {
        long before = written;
        while (lines.hasRemaining()) {
          written += segment.write(lines);
        }
        unforced |= written > before;
      } catch (IOException e) {
        beginSegmentAfterFailure(e);
        throw new UncheckedIOException("The journal " + segmentFile + " can't be written", e);
      }
    }
  }

  /**
   * What is half written has no valid checksum; what comes next must not stand in the same line.
   */
  private void beginSegmentAfterFailure(IOException cause) {
    try {
      nextSegment();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * Closes the segment being written, unless it is empty, and answers every closed segment, oldest
   * first.
   */
  synchronized List<Path> closedSegments() throws IOException {
    if (written > 0) {
      nextSegment();
    }
    return segments(folder).stream().filter(file -> !file.equals(segmentFile)).toList();
  }

  private void nextSegment() throws IOException {
    number++;
    Path nextFile = folder.resolve(name(number));
    FileChannel next = create(nextFile);
    // Before anything else can fail: what has failed once, or is closed, is written to no more.
    FileChannel full = segment;
    segment = next;
    segmentFile = nextFile;
    written = 0;
    try (full) {
      full.force(false);
    }
  }

  private void force() {
    if (!unforced) {
      return;
    }
    try {
      unforced = false;
      FileChannel current;
      synchronized (this) {
        current = segment;
      }
      if (current.isOpen()) {
        current.force(false);
      }
    } catch (ClosedChannelException e) {
      LOG.debug("The segment was forced when it was closed", e);
    } catch (IOException e) {
      LOG.error("The journal {} can't be forced to the disk", segmentFile, e);
      unforced = true;
    }
  }

  Path folder() {
    return folder;
  }

  /** Forces what is unforced and lets go of the folder. Its segments stay for the next process. */
  @Override
  public synchronized void close() {
    clock.shutdownNow();
    try {
      segment.force(false);
      segment.close();
      lock.release();
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException("The journal " + folder + " can't be closed", e);
    }
  }

  /** The segments of a folder, oldest first. */
  static List<Path> segments(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (var found = Files.newDirectoryStream(folder, SEGMENTS)) {
      found.forEach(files::add);
    }
    files.sort(null);
    return files;
  }

  /** Every whole prediction of a segment; what is torn is counted in the log and passed over. */
  static List<Prediction> read(Path segment) throws IOException {
    List<Prediction> predictions = new ArrayList<>();
    int torn = 0;
    String text = new String(Files.readAllBytes(segment), StandardCharsets.UTF_8);
    for (String line : text.lines().toList()) {
      if (isWhole(line)) {
        predictions.add(JSON.readValue(line.substring(CHECKSUM + 1), Prediction.class));
      } else {
        torn++;
      }
    }
    if (torn > 0) {
      LOG.warn("{} holds {} torn lines, which were never answered", segment, torn);
    }
    return predictions;
  }

  private static boolean isWhole(String line) {
    return line.length() > CHECKSUM + 1
        && line.charAt(CHECKSUM) == ' '
        && checksum(line.substring(CHECKSUM + 1).getBytes(StandardCharsets.UTF_8))
            .equals(line.substring(0, CHECKSUM));
  }

  /** The predictions as a segment holds them. */
  static byte[] lines(List<Prediction> predictions) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream(predictions.size() * 384);
    for (Prediction prediction : predictions) {
      try {
        byte[] json = JSON.writeValueAsBytes(prediction);
        lines.writeBytes(checksum(json).getBytes(StandardCharsets.US_ASCII));
        lines.write(' ');
        lines.writeBytes(json);
        lines.write('\n');
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("A prediction can't be written as JSON", e);
      }
    }
    return lines.toByteArray();
  }

  private static String checksum(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return HexFormat.of().toHexDigits(crc.getValue(), CHECKSUM);
  }

  private static String name(int number) {
    return "%010d.log".formatted(number);
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }
}
