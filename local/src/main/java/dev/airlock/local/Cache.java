package dev.airlock.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Programs that all systems of this user share: {@code AIRLOCK_CACHE}, else {@code airlock} in
 * {@code XDG_CACHE_HOME} or {@code ~/.cache}. What is in it is there whole or not at all.
 */
record Cache(Path root) {

  static Cache ofUser() {
    return set("AIRLOCK_CACHE")
        .map(Cache::new)
        .or(() -> set("XDG_CACHE_HOME").map(caches -> new Cache(caches.resolve("airlock"))))
        // As the launcher sees it; the JVM's user.home comes from the system's list of users.
        .or(() -> set("HOME").map(home -> new Cache(home.resolve(".cache/airlock"))))
        .orElseGet(() -> new Cache(Path.of(System.getProperty("user.home"), ".cache", "airlock")));
  }

  private static Optional<Path> set(String variable) {
    return Optional.ofNullable(System.getenv(variable))
        .filter(folder -> !folder.isBlank())
        .map(folder -> Path.of(folder).toAbsolutePath());
  }

  Path entry(String name) {
    return root.resolve(name);
  }

  /** The entry's folder, filled first when it is not there yet. Safe among several processes. */
  Path entry(String name, Filling filling) {
    Path entry = entry(name);
    if (Files.isDirectory(entry)) {
      return entry;
    }
    try {
      Files.createDirectories(root);
      Path fresh = Files.createTempDirectory(root, name + ".");
      try {
        filling.fill(fresh);
        moveUnlessThere(fresh, entry);
      } finally {
        delete(fresh);
      }
      return entry;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot fill " + entry, e);
    }
  }

  /**
   * The one file of an entry, made first when it is not there yet. Safe among several processes.
   */
  Path file(String entry, String name, Filling filling) {
    Path file = entry(entry).resolve(name);
    if (Files.exists(file)) {
      return file;
    }
    try {
      Files.createDirectories(entry(entry));
      Path fresh = Files.createTempDirectory(root, entry + ".");
      try {
        filling.fill(fresh);
        Files.move(fresh.resolve(name), file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        delete(fresh);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make " + file, e);
    }
  }

  private static void moveUnlessThere(Path fresh, Path entry) throws IOException {
    try {
      Files.move(fresh, entry, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isDirectory(entry)) {
        throw e;
      }
    }
  }

  /** Deletes a folder and all in it; nothing happens when it is not there. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> paths = Files.walk(folder)) {
      deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.deleteIfExists(path);
    }
  }

  /** Fills a folder that is empty. */
  @FunctionalInterface
  interface Filling {
    void fill(Path folder) throws IOException;
  }
}
