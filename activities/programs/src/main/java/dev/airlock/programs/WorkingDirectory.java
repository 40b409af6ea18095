package dev.airlock.programs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The folders of one attempt, gone when it is over: where its program runs, unless that is told to
 * run elsewhere, and beside it what the program is handed.
 *
 * @param root of the attempt
 * @param place where the program runs
 */
record WorkingDirectory(Path root, Path place) implements AutoCloseable {

  /**
   * Makes them anew, without whatever an earlier attempt at the same stage has left.
   *
   * @param key the stage's, such as {@code run-41/train}
   * @param elsewhere where the program runs instead, or null
   */
  static WorkingDirectory make(Path scratch, String key, int attempt, @Nullable String elsewhere)
      throws IOException {
    Path stage = scratch.resolve(key);
    delete(stage);
    Path root = stage.resolve(Integer.toString(attempt));
    Files.createDirectories(
        root.resolve("tmp"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.createDirectories(root.resolve("work"));
    Files.createDirectories(root.resolve("inputs"));
    return new WorkingDirectory(
        root, elsewhere == null ? root.resolve("work") : Path.of(elsewhere));
  }

  Path inputs() {
    return root.resolve("inputs");
  }

  Path temporary() {
    return root.resolve("tmp");
  }

  Path result() {
    return root.resolve("result.json");
  }

  @Override
  public void close() {
    try {
      delete(root);
    } catch (IOException e) {
      throw new UncheckedIOException("The attempt's folder can't be removed: " + root, e);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(left);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
