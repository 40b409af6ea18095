package dev.airlock.dsl;

import dev.airlock.dsl.graph.SparkJarSpec;
import java.lang.StackWalker.Option;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A class of a jar that runs on Spark. It gets a process of its own, with the worker's Spark and
 * Java: it may stop its session or exit, may bring its own libraries, and is ended as a {@link
 * Program} is. Immutable: each method gives another job.
 *
 * @param <T> what its result file is read as; {@link Void} without one
 */
public final class SparkJob<T> {

  private final String jar;
  private final String mainClass;
  private final SortedMap<String, String> settings;
  private final ProgramDraft draft;

  private SparkJob(
      String jar, String mainClass, SortedMap<String, String> settings, ProgramDraft draft) {
    this.jar = jar;
    this.mainClass = mainClass;
    this.settings = settings;
    this.draft = draft;
  }

  /**
   * A jar inside the pipeline's own one, beside the class that calls this or at the root; or an
   * absolute path on the worker.
   */
  public static SparkJob<Void> jar(String jar) {
    Class<?> caller = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE).getCallerClass();
    ProgramDraft draft = new ProgramDraft();
    return new SparkJob<>(
        jar, "", new TreeMap<>(), jar.startsWith("/") ? draft : draft.file(jar, caller, null));
  }

  /** The class whose {@code main} is called. */
  public SparkJob<T> mainClass(String name) {
    return new SparkJob<>(jar, name, settings, draft);
  }

  /** What {@code main} gets, as the arguments of a {@link Program}. */
  public SparkJob<T> args(Object... arguments) {
    return with(copy -> copy.arguments(List.of(arguments)));
  }

  /** A setting of Spark, such as {@code spark.sql.shuffle.partitions}. */
  public SparkJob<T> setting(String name, Object value) {
    SortedMap<String, String> more = new TreeMap<>(settings);
    more.put(name, value.toString());
    return new SparkJob<>(jar, mainClass, more, draft);
  }

  /** As {@link Program#file(String)}. */
  public SparkJob<T> file(String resource) {
    Class<?> caller = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE).getCallerClass();
    return with(copy -> copy.file(resource, caller, null));
  }

  /** As {@link Program#environment}. */
  public SparkJob<T> environment(String name, Object value) {
    return with(copy -> copy.variable(name, value));
  }

  /** As {@link Program#result}. */
  public <R> SparkJob<R> result(Class<R> type) {
    return new SparkJob<>(jar, mainClass, settings, draft.copy().result(type));
  }

  List<Stage<?>> stages() {
    return draft.stages();
  }

  List<Param<?>> params() {
    return draft.params();
  }

  SparkJarSpec spec(Findings findings) {
    if (mainClass.isEmpty()) {
      findings.add("The job does not say which class it runs.", "Name it: .mainClass(…).");
    }
    for (String name : settings.keySet()) {
      if (!name.startsWith("spark.")) {
        findings.add(
            "'%s' is no setting of Spark.".formatted(name), "Begin its name with 'spark.'.");
      }
    }
    return new SparkJarSpec(jar, mainClass, settings, draft.spec(findings));
  }

  private SparkJob<T> with(Consumer<ProgramDraft> change) {
    ProgramDraft copy = draft.copy();
    change.accept(copy);
    return new SparkJob<>(jar, mainClass, settings, copy);
  }
}
