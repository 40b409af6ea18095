package dev.airlock.dsl;

import dev.airlock.dsl.graph.ProgramLimits;
import dev.airlock.dsl.graph.ProgramSpec;
import java.lang.StackWalker.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Any program that a worker's machine has: a Python script, a shell command, a binary. It runs in a
 * fresh directory each attempt, with the variables that it is given and no others of the worker's
 * but PATH, HOME, LANG, LC_ALL, TZ and TMPDIR. What it prints is the attempt's log. It ends well
 * with exit code 0. When the run is cancelled or the stage's timeout is over, it and all that it
 * has started get TERM, and KILL five seconds later. Immutable: each method gives another program.
 *
 * <p>It finds in its environment: {@code AIRLOCK_RESULT}, the file that its result belongs into;
 * {@code AIRLOCK_RUN}, {@code AIRLOCK_PIPELINE}, {@code AIRLOCK_STAGE} and {@code AIRLOCK_ATTEMPT};
 * {@code AIRLOCK_AS_OF}, the day that the run stands for; and {@code AIRLOCK_KEY}, the same in each
 * attempt, for whatever must not happen twice.
 *
 * @param <T> what its result file is read as; {@link Void} without one
 */
public final class Program<T> {

  private final ProgramDraft draft;

  private Program(ProgramDraft draft) {
    this.draft = draft;
  }

  /**
   * A program and its arguments. An argument is a text, a number, a truth, a {@link Param} or the
   * result of a stage: the path of a file with it, or as an {@link Argument} says.
   *
   * @param program a name that is looked for on the worker's PATH, or a path
   */
  public static Program<Void> of(String program, Object... arguments) {
    List<Object> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    return new Program<>(new ProgramDraft().arguments(command));
  }

  /** More arguments, after those before. */
  public Program<T> arguments(Object... more) {
    return with(draft -> draft.arguments(List.of(more)));
  }

  /**
   * Lays a resource of the pipeline's own jar into the working directory, under its own name: one
   * beside the class that calls this, or at the root of its class path.
   */
  public Program<T> file(String resource) {
    Class<?> caller = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE).getCallerClass();
    return with(draft -> draft.file(resource, caller, null));
  }

  /** Lays a UTF-8 text into the working directory. */
  public Program<T> file(String name, String content) {
    return with(draft -> draft.file(name, null, content));
  }

  /**
   * Sets a variable of its environment.
   *
   * @param value as an argument of {@link #of}, or a {@link Secret}
   */
  public Program<T> environment(String name, Object value) {
    return with(draft -> draft.variable(name, value));
  }

  /** Runs it in this directory of the worker's machine, which stays as it leaves it. */
  public Program<T> directory(String absolute) {
    return with(draft -> draft.directory(absolute));
  }

  /**
   * Reads what it wrote to the file {@code $AIRLOCK_RESULT}, JSON of at most a MiB, as this record.
   * Every component must be there, unless it is an {@link java.util.Optional}.
   */
  public <R> Program<R> result(Class<R> type) {
    return new Program<>(draft.copy().result(type));
  }

  /** How much memory (address space) each of its processes may use, in bytes. */
  public Program<T> memory(long bytes) {
    ProgramLimits old = draft.limits();
    return limits(new ProgramLimits(bytes, old.cpuTime(), old.openFiles(), old.fileBytes()));
  }

  /** How long each of its processes may use the processor, in whole seconds. */
  public Program<T> cpuTime(Duration time) {
    ProgramLimits old = draft.limits();
    return limits(new ProgramLimits(old.memoryBytes(), time, old.openFiles(), old.fileBytes()));
  }

  /** How many files each of its processes may have open. */
  public Program<T> openFiles(int most) {
    ProgramLimits old = draft.limits();
    return limits(new ProgramLimits(old.memoryBytes(), old.cpuTime(), most, old.fileBytes()));
  }

  /** How long a file that it writes may become, in bytes. */
  public Program<T> fileSize(long bytes) {
    ProgramLimits old = draft.limits();
    return limits(new ProgramLimits(old.memoryBytes(), old.cpuTime(), old.openFiles(), bytes));
  }

  List<Stage<?>> stages() {
    return draft.stages();
  }

  List<Param<?>> params() {
    return draft.params();
  }

  ProgramSpec spec(Findings findings) {
    return draft.spec(findings);
  }

  private Program<T> limits(ProgramLimits limits) {
    return with(draft -> draft.limits(limits));
  }

  private Program<T> with(Consumer<ProgramDraft> change) {
    ProgramDraft copy = draft.copy();
    change.accept(copy);
    return new Program<>(copy);
  }
}
