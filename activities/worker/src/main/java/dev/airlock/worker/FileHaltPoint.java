package dev.airlock.worker;

import dev.airlock.store.HaltPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Stops the process between a commit and what follows it, so that a test can kill it there: it
 * leaves a marker and then stands still. It does so once for each marker; production wires {@link
 * HaltPoint#NONE}.
 */
final class FileHaltPoint implements HaltPoint {

  private final Set<String> halted;
  private final Path markers;

  /**
   * Halts at each of these points.
   *
   * @param halted their names, with commas between them
   * @param markers the folder of the markers
   */
  FileHaltPoint(String halted, Path markers) {
    this.halted = Set.of(halted.split(","));
    this.markers = markers;
  }

  @Override
  public void reached(String name) {
    if (halted.contains(name) && mark(name)) {
      while (true) {
        LockSupport.park(this);
      }
    }
  }

  private boolean mark(String name) {
    try {
      Files.createDirectories(markers);
      Files.createFile(markers.resolve(name));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot leave the marker " + name + " in " + markers, e);
    }
  }
}
