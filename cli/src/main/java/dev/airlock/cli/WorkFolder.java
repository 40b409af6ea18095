package dev.airlock.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A folder for what is not to stay, secrets among it: nobody else may look into it, and it goes
 * when this is closed, or the process ends. What a killed process has left behind is removed by the
 * next one; a lock beside the folder tells it apart from one that is in use.
 */
final class WorkFolder implements AutoCloseable {
  private static final String LOCK = ".lock";

  private final Path folder;
  private final Path lockFile;
  private final FileChannel lock;
  private final Thread cleaner;

  private WorkFolder(Path folder, Path lockFile, FileChannel lock) {
    this.folder = folder;
    this.lockFile = lockFile;
    this.lock = lock;
    this.cleaner = new Thread(this::discard, "discard-" + folder.getFileName());
    Runtime.getRuntime().addShutdownHook(cleaner);
  }

  /** Makes one, and removes those of this prefix that nobody uses any more. */
  static WorkFolder in(Path parent, String prefix) throws IOException {
    removeLeft(parent, prefix);
    Path folder =
        Files.createTempDirectory(
            parent,
            prefix,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path lockFile = folder.resolveSibling(folder.getFileName() + LOCK);
    FileChannel lock =
        FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    // Given back where the channel is closed.
    lock.lock();
    return new WorkFolder(folder, lockFile, lock);
  }

  private static void removeLeft(Path parent, String prefix) throws IOException {
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(parent, prefix + "*" + LOCK)) {
      for (Path lockFile : locks) {
        String name = lockFile.getFileName().toString();
        Path left = lockFile.resolveSibling(name.substring(0, name.length() - LOCK.length()));
        removeUnlessUsed(left, lockFile);
      }
    }
  }

  private static void removeUnlessUsed(Path left, Path lockFile) throws IOException {
    try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        HomeFiles.delete(left);
        Files.deleteIfExists(lockFile);
      }
    } catch (OverlappingFileLockException e) {
      // In use, by this very process.
      return;
    }
  }

  Path path() {
    return folder;
  }

  private void discard() {
    try {
      HomeFiles.delete(folder);
      Files.deleteIfExists(lockFile);
      lock.close();
    } catch (IOException e) {
      // What is left can be deleted by hand.
      System.err.println(folder + " stays behind: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    discard();
    try {
      Runtime.getRuntime().removeShutdownHook(cleaner);
    } catch (IllegalStateException e) {
      // It runs already, and finds nothing.
      return;
    }
  }
}
