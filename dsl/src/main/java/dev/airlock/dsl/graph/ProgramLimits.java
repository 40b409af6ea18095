package dev.airlock.dsl.graph;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a program, and each process that it starts, may use. Null where nothing was said.
 *
 * @param memoryBytes address space, at least 16 MiB
 * @param cpuTime of the processor, whole seconds
 * @param openFiles at the same time, at least 16
 * @param fileBytes the longest file that it may write
 */
public record ProgramLimits(
    @Nullable Long memoryBytes,
    @Nullable Duration cpuTime,
    @Nullable Integer openFiles,
    @Nullable Long fileBytes) {

  /** Nothing is limited. */
  public static final ProgramLimits NONE = new ProgramLimits(null, null, null, null);
}
