package dev.airlock.programs;

import dev.airlock.dsl.graph.ProgramLimits;
import java.time.Duration;
import java.util.StringJoiner;

/** Limits as the shell sets them. */
final class Limits {

  /** What POSIX measures the length of files in. */
  private static final long BLOCK = 512;

  private static final long KIBIBYTE = 1024;

  private Limits() {}

  /** Commands that set them for the shell and all that it starts; empty for none. */
  static String commands(ProgramLimits limits) {
    StringJoiner commands = new StringJoiner("; ");
    Long memory = limits.memoryBytes();
    if (memory != null) {
      commands.add("ulimit -v " + memory / KIBIBYTE);
    }
    Duration cpuTime = limits.cpuTime();
    if (cpuTime != null) {
      // The soft limit tells the program why it ends; the hard one ends it all the same.
      commands.add("ulimit -S -t " + cpuTime.toSeconds());
      commands.add("ulimit -H -t " + (cpuTime.toSeconds() + 1));
    }
    Integer openFiles = limits.openFiles();
    if (openFiles != null) {
      commands.add("ulimit -n " + openFiles);
    }
    Long file = limits.fileBytes();
    if (file != null) {
      commands.add("ulimit -f " + Math.max(1, file / BLOCK));
    }
    return commands.toString();
  }
}
