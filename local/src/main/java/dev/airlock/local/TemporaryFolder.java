package dev.airlock.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folders that go with this JVM, unless it is killed. */
public final class TemporaryFolder {
  private static final Logger LOG = LoggerFactory.getLogger(TemporaryFolder.class);
  private static final Queue<Path> FOLDERS = new ConcurrentLinkedQueue<>();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(TemporaryFolder::deleteAll, "temporary-folders"));
  }

  private TemporaryFolder() {}

  /**
   * Makes one.
   *
   * @param prefix how its name begins
   */
  public static Path make(String prefix) {
    try {
      Path folder = Files.createTempDirectory(prefix);
      FOLDERS.add(folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("No temporary folder", e);
    }
  }

  private static void deleteAll() {
    FOLDERS.forEach(TemporaryFolder::delete);
  }

  /** Others end at the same time, and may still write. */
  private static void delete(Path folder) {
    try {
      Cache.delete(folder);
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("{} stays behind", folder, e);
    }
  }
}
