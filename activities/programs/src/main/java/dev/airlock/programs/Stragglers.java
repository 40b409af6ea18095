package dev.airlock.programs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Processes that left their group, found by a variable that they have inherited. Only Linux tells a
 * process's variables; elsewhere there is nothing to find.
 */
final class Stragglers {

  /** A process can start another while it is looked for. */
  private static final int LOOKS = 5;

  private static final Path PROCESSES = Path.of("/proc");

  private Stragglers() {}

  /** Kills every process that has this variable with this value; answers how many there were. */
  static int kill(String variable, String value) {
    int killed = 0;
    for (int look = 0; look < LOOKS; look++) {
      List<ProcessHandle> found = find(variable + "=" + value);
      if (found.isEmpty()) {
        break;
      }
      found.forEach(ProcessHandle::destroyForcibly);
      killed += found.size();
    }
    return killed;
  }

  private static List<ProcessHandle> find(String entry) {
    byte[] wanted = ("\0" + entry + "\0").getBytes(StandardCharsets.UTF_8);
    List<ProcessHandle> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process.resolve("environ"), wanted)) {
          handle(process).filter(ProcessHandle::isAlive).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      return List.of();
    }
    return found;
  }

  private static Optional<ProcessHandle> handle(Path process) {
    return ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
        .filter(handle -> handle.pid() != ProcessHandle.current().pid());
  }

  private static boolean holds(Path environ, byte[] wanted) {
    try {
      String variables = "\0" + Files.readString(environ, StandardCharsets.ISO_8859_1) + "\0";
      return variables.contains(new String(wanted, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      // It has ended, or is somebody else's.
      return false;
    }
  }
}
