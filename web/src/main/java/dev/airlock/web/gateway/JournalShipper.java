package dev.airlock.web.gateway;

import dev.airlock.store.Prediction;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries journals to PostgreSQL and removes what has arrived: its own journal twice a second, and
 * those that dead processes left. Carrying twice does no harm, since a prediction is unique under
 * its id. When PostgreSQL is away, the files wait.
 */
public final class JournalShipper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JournalShipper.class);
  private static final long SHIP_EVERY_MILLIS = 500;
  private static final int BATCH = 2_000;

  private final Path root;
  private final Journal own;
  private final Consumer<List<Prediction>> sink;
  private final ScheduledExecutorService clock =
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
    this.root = root;
    this.own = own;
    this.sink = sink;
  }

  /** Ships at once and from then on twice a second. */
  @SuppressWarnings("FutureReturnValueIgnored")
  public void start() {
    clock.scheduleWithFixedDelay(this::ship, 0, SHIP_EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Why nothing can be shipped right now, or null. */
  public @Nullable String trouble() {
    return trouble;
  }

  private void ship() {
    try {
      for (Path segment : own.closedSegments()) {
        ship(segment);
      }
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

  private void ship(Path segment) throws IOException {
    List<Prediction> predictions = Journal.read(segment);
    for (int from = 0; from < predictions.size(); from += BATCH) {
      sink.accept(predictions.subList(from, Math.min(from + BATCH, predictions.size())));
    }
    Files.delete(segment);
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
        ship(segment);
      }
      Files.delete(lockFile);
      Files.delete(folder);
    } catch (OverlappingFileLockException e) {
      LOG.debug("{} belongs to another gateway of this process", folder, e);
    }
  }

  /**
   * Ships what there is once more and stops. What can't be shipped now waits for the next start.
   */
  @Override
  public void close() {
    clock.shutdown();
    try {
      if (clock.awaitTermination(5, TimeUnit.SECONDS)) {
        ship();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
