package dev.airlock.web.gateway;

import dev.airlock.store.Prediction;
import dev.airlock.store.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries journals to PostgreSQL: its own twice a second, and those that dead processes left. What
 * has arrived stays for a minute more under the name {@code *.log.shipped}: a backup that saw
 * PostgreSQL before it arrived finds it there. Carrying twice does no harm, since a prediction is
 * unique under its id. When PostgreSQL is away, the files wait. A prediction whose values it
 * refuses would keep all others waiting, so it is moved to {@code OWNER.rejected} beside the
 * journal's folder, as the line that it was.
 */
public final class JournalShipper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JournalShipper.class);
  private static final long SHIP_EVERY_MILLIS = 500;
  private static final int BATCH = 2_000;
  private static final String REJECTED = ".rejected";
  private static final String SHIPPED = ".shipped";

  /** Longer than a backup takes from PostgreSQL's snapshot to the journals. */
  private static final Duration KEPT = Duration.ofMinutes(1);

  private final Path root;
  private final Journal own;
  private final Consumer<List<Prediction>> sink;
  private final Clock clock;
  private final ScheduledExecutorService turns =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "journal-shipper");
            thread.setDaemon(true);
            return thread;
          });
  private volatile @Nullable String trouble;

  /**
   * Ships nothing yet: see {@link #start}.
   *
   * @param root the folder of all journals
   * @param sink stores predictions, each once, however often it comes
   */
  public JournalShipper(Path root, Journal own, Consumer<List<Prediction>> sink) {
    this(root, own, sink, Clock.systemUTC());
  }

  JournalShipper(Path root, Journal own, Consumer<List<Prediction>> sink, Clock clock) {
    this.clock = clock;
    this.root = root;
    this.own = own;
    this.sink = sink;
  }

  /** Ships at once and from then on twice a second. */
  @SuppressWarnings("FutureReturnValueIgnored")
  public void start() {
    turns.scheduleWithFixedDelay(this::ship, 0, SHIP_EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Why nothing can be shipped right now, or null. */
  public @Nullable String trouble() {
    return trouble;
  }

  private void ship() {
    try {
      for (Path segment : own.closedSegments()) {
        ship(segment, own.folder());
      }
      sweep(own.folder());
      for (Path folder : abandoned()) {
        shipAbandoned(folder);
      }
      trouble = null;
    } catch (IOException | RuntimeException e) {
      if (trouble == null) {
        LOG.warn("Predictions can't be carried to PostgreSQL; they wait in {}", root, e);
      }
      trouble = String.valueOf(e.getMessage());
    }
  }

  private void ship(Path segment, Path folder) throws IOException {
    List<Prediction> predictions = Journal.read(segment);
    Rejected rejected = new Rejected();
    for (int from = 0; from < predictions.size(); from += BATCH) {
      carry(predictions.subList(from, Math.min(from + BATCH, predictions.size())), rejected);
    }
    // Only now: when PostgreSQL goes away midway, the segment comes again as a whole.
    rejected.keep(root.resolve(folder.getFileName() + REJECTED));
    Files.setLastModifiedTime(segment, FileTime.from(clock.instant()));
    Files.move(segment, segment.resolveSibling(segment.getFileName() + SHIPPED));
  }

  /** Removes what has been shipped for long enough; answers whether nothing shipped is left. */
  private boolean sweep(Path folder) throws IOException {
    Instant old = clock.instant().minus(KEPT);
    boolean isSwept = true;
    try (var shipped = Files.newDirectoryStream(folder, "*" + SHIPPED)) {
      for (Path file : shipped) {
        if (Files.getLastModifiedTime(file).toInstant().isAfter(old)) {
          isSwept = false;
        } else {
          Files.delete(file);
        }
      }
    }
    return isSwept;
  }

  private void carry(List<Prediction> batch, Rejected rejected) {
    try {
      sink.accept(batch);
    } catch (RuntimeException e) {
      if (!Refusal.isOfValues(e)) {
        throw e;
      }
      carryEach(batch, rejected);
    }
  }

  private void carryEach(List<Prediction> batch, Rejected rejected) {
    for (Prediction prediction : batch) {
      try {
        sink.accept(List.of(prediction));
      } catch (RuntimeException e) {
        if (!Refusal.isOfValues(e)) {
          throw e;
        }
        rejected.add(prediction, e);
      }
    }
  }

  /** What PostgreSQL refused of one segment. */
  private static final class Rejected {
    private final List<Prediction> predictions = new ArrayList<>();
    private @Nullable RuntimeException first;

    void add(Prediction prediction, RuntimeException why) {
      predictions.add(prediction);
      first = first == null ? why : first;
    }

    void keep(Path file) throws IOException {
      if (predictions.isEmpty()) {
        return;
      }
      // A segment comes again where its process ended before it was moved, and after a restore.
      Map<UUID, Prediction> all = new LinkedHashMap<>();
      if (Files.exists(file)) {
        Journal.read(file).forEach(prediction -> all.put(prediction.id(), prediction));
      }
      int before = all.size();
      predictions.forEach(prediction -> all.putIfAbsent(prediction.id(), prediction));
      if (all.size() == before) {
        return;
      }
      replace(file, Journal.lines(List.copyOf(all.values())));
      LOG.error(
          "PostgreSQL refuses the values of {} predictions; they are kept in {}, all others go on. The first is {}",
          all.size() - before,
          file,
          predictions.get(0).id(),
          first);
    }

    private static void replace(Path file, byte[] bytes) throws IOException {
      Path part = file.resolveSibling(file.getFileName() + ".part");
      try (FileChannel channel =
          FileChannel.open(
              part,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer lines = ByteBuffer.wrap(bytes);
        while (lines.hasRemaining()) {
          channel.write(lines);
        }
        channel.force(true);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private List<Path> abandoned() throws IOException {
    List<Path> folders = new ArrayList<>();
    try (var found = Files.newDirectoryStream(root, Files::isDirectory)) {
      for (Path folder : found) {
        if (!folder.equals(own.folder())) {
          folders.add(folder);
        }
      }
    }
    return folders;
  }

  /** Only a dead process gives its lock away. */
  private void shipAbandoned(Path folder) throws IOException {
    Path lockFile = folder.resolve(Journal.LOCK);
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        return;
      }
      for (Path segment : Journal.segments(folder)) {
        ship(segment, folder);
      }
      if (sweep(folder)) {
        Files.delete(lockFile);
        Files.delete(folder);
      }
    } catch (OverlappingFileLockException e) {
      LOG.debug("{} belongs to another gateway of this process", folder, e);
    }
  }

  /**
   * Ships what there is once more and stops. What can't be shipped now waits for the next start.
   */
  @Override
  public void close() {
    turns.shutdown();
    try {
      if (turns.awaitTermination(5, TimeUnit.SECONDS)) {
        ship();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
