package dev.airlock.dsl.graph;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A program to be run.
 *
 * @param command the program and its arguments
 * @param files laid into the working directory before it starts
 * @param environment its variables, beside the few that every program gets
 * @param directory where it runs, absolute; null for a fresh directory each attempt
 * @param result the binary name of the class that its result file is read as; null for none
 * @param limits what it may use
 */
public record ProgramSpec(
    List<ValueSpec> command,
    List<FileSpec> files,
    SortedMap<String, ValueSpec> environment,
    @Nullable String directory,
    @Nullable String result,
    ProgramLimits limits) {

  public ProgramSpec {
    command = List.copyOf(command);
    files = List.copyOf(files);
    environment = new TreeMap<String, ValueSpec>((Map<String, ValueSpec>) environment);
  }
}
