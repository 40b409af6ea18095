package dev.airlock.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * What one attempt says. While it is open, every line that its thread logs goes into a file of its
 * own as well (see {@code log4j2.xml}); when it closes, the file is kept under its digest.
 */
final class AttemptLog implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AttemptLog.class);
  private static final String KEY = "attempt";

  private final Path file;

  private AttemptLog(Path file) {
    this.file = file;
  }

  /**
   * Begins to write the current thread's lines.
   *
   * @param folder the one that {@code log4j2.xml} writes to
   * @param attempt such as {@code run-41/boosted/1}
   */
  static AttemptLog open(Path folder, String attempt) {
    MDC.put(KEY, attempt);
    return new AttemptLog(folder.resolve(attempt + ".log"));
  }

  /**
   * Keeps what was said so far.
   *
   * @param artifacts takes the bytes and answers their digest
   * @return the digest, or empty where nothing was said or it can't be kept; that never fails an
   *     attempt
   */
  Optional<String> keep(Function<byte[], String> artifacts) {
    try {
      if (Files.exists(file) && Files.size(file) > 0) {
        return Optional.of(artifacts.apply(Files.readAllBytes(file)));
      }
    } catch (IOException | RuntimeException e) {
      log.warn("The log {} can't be kept.", file, e);
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    MDC.remove(KEY);
  }
}
