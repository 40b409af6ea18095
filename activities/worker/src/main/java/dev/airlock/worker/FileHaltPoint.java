package dev.airlock.worker;

import dev.airlock.store.HaltPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Stops the process between a commit and what follows it, so that a test can kill it there: it
 * leaves a marker and then stands still. It does so once for each marker; production wires {@link
 * HaltPoint#NONE}.
 */
final class FileHaltPoint implements HaltPoint {

  private final String halted;
  private final Path markers;

  /**
   * Halts at one point.
   *
   * @param halted the point's name
   * @param markers the folder of the markers
   */
  FileHaltPoint(String halted, Path markers) {
    this.halted = halted;
    this.markers = markers;
  }

  @Override
  public void reached(String name) {
    if (name.equals(halted) && mark(name)) {
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
