package dev.airlock.dsl.load;

import dev.airlock.dsl.InvalidPipelineException;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Problem;
import dev.airlock.dsl.graph.Graph;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * The pipelines in a jar: every public class that is a {@link PipelineSource}.
 *
 * @param pipelines those that can be defined, in the order of their classes' names
 * @param problems whatever is wrong with the others
 */
public record PipelineJar(List<DefinedPipeline> pipelines, List<Problem> problems) {

  /** The longest that a class may take to define its pipeline. */
  public static final Duration LONGEST = Duration.ofSeconds(30);

  private static final String CLASS = ".class";

  public PipelineJar {
    pipelines = List.copyOf(pipelines);
    problems = List.copyOf(problems);
  }

  /** A pipeline, and the class that defined it. */
  public record DefinedPipeline(String className, Graph graph) {}

  /**
   * Defines every pipeline in the jar. One that can't be defined, or not within {@link #LONGEST},
   * is a problem, and the others go on.
   *
   * @param loader loads the jar's classes
   * @throws IOException where the file is no jar
   */
  public static PipelineJar read(Path jar, ClassLoader loader) throws IOException {
    return read(jar, loader, LONGEST);
  }

  /**
   * The same with another limit.
   *
   * @param longest the longest that a class may take to define its pipeline
   * @throws IOException where the file is no jar
   */
  public static PipelineJar read(Path jar, ClassLoader loader, Duration longest)
      throws IOException {
    List<DefinedPipeline> pipelines = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Class<? extends PipelineSource> source : sources(jar, loader)) {
      define(source, longest, pipelines, problems);
    }
    if (pipelines.isEmpty() && problems.isEmpty()) {
      problems.add(
          new Problem(
              jar.getFileName().toString(),
              "There is no pipeline in this jar.",
              "Give it a public class that implements " + PipelineSource.class.getName() + "."));
    }
    return new PipelineJar(pipelines, problems);
  }

  /**
   * The class that defines the pipeline of this name. Every pipeline of the jar may be defined on
   * the way to it: ask once. One that can't be defined does not keep the others from being found.
   *
   * @throws IOException where the file is no jar
   */
  public static Optional<Class<? extends PipelineSource>> source(
      Path jar, ClassLoader loader, String pipeline) throws IOException {
    return source(jar, loader, pipeline, LONGEST);
  }

  /**
   * The same with another limit.
   *
   * @param longest the longest that a class may take to define its pipeline
   * @throws IOException where the file is no jar
   */
  public static Optional<Class<? extends PipelineSource>> source(
      Path jar, ClassLoader loader, String pipeline, Duration longest) throws IOException {
    for (Class<? extends PipelineSource> type : sources(jar, loader)) {
      if (defines(type, pipeline, longest)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** What keeps a pipeline from being defined was reported when its jar was published. */
  private static boolean defines(
      Class<? extends PipelineSource> type, String pipeline, Duration longest) {
    try {
      return Definition.of(type, longest).graph().name().equals(pipeline);
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  private static void define(
      Class<? extends PipelineSource> type,
      Duration longest,
      List<DefinedPipeline> pipelines,
      List<Problem> problems) {
    String name = type.getName();
    try {
      Definition definition = Definition.of(type, longest);
      Graph graph = definition.graph();
      List<Problem> found = new ArrayList<>(definition.problems());
      pipelines.stream()
          .filter(other -> other.graph().name().equals(graph.name()))
          .forEach(other -> found.add(taken(name, graph, other)));
      problems.addAll(found);
      if (found.isEmpty()) {
        pipelines.add(new DefinedPipeline(name, graph));
      }
    } catch (TimeoutException e) {
      problems.add(
          new Problem(
              name + line(type, e),
              "Its define() had not ended after %s.".formatted(inWords(longest)),
              "Let it describe the pipeline only; what takes time or waits belongs into a task."));
    } catch (ExecutionException e) {
      problems.addAll(problems(type, e.getCause()));
    }
  }

  private static String inWords(Duration time) {
    return time.toSeconds() > 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }

  private static List<Problem> problems(Class<?> type, @Nullable Throwable thrown) {
    if (thrown instanceof InvalidPipelineException invalid) {
      return invalid.problems();
    }
    if (thrown instanceof NoSuchMethodException) {
      return List.of(
          new Problem(
              type.getName(),
              "The class has no public constructor without arguments.",
              "Give it one: a pipeline takes its values from params."));
    }
    return thrown instanceof InvocationTargetException constructor
        ? List.of(thrown(type, "The constructor", constructor.getTargetException()))
        : List.of(thrown(type, "define()", thrown));
  }

  private static Problem taken(String className, Graph graph, DefinedPipeline other) {
    return new Problem(
        className,
        "The pipeline '%s' is defined by %s too.".formatted(graph.name(), other.className()),
        "Give one of them another name.");
  }

  private static Problem thrown(Class<?> type, String where, @Nullable Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof ExceptionInInitializerError && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new Problem(
        type.getName() + line(type, cause),
        where + " threw " + cause + ".",
        "Mend what it says, and publish it again.");
  }

  /** The line of the class's own file that was reached last. */
  private static String line(Class<?> type, @Nullable Throwable cause) {
    if (cause == null) {
      return "";
    }
    return Arrays.stream(cause.getStackTrace())
        .filter(frame -> frame.getClassName().equals(type.getName()))
        .filter(frame -> frame.getFileName() != null && frame.getLineNumber() > 0)
        .findFirst()
        .map(frame -> " (%s:%d)".formatted(frame.getFileName(), frame.getLineNumber()))
        .orElse("");
  }

  private static List<Class<? extends PipelineSource>> sources(Path jar, ClassLoader loader)
      throws IOException {
    List<Class<? extends PipelineSource>> sources = new ArrayList<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (String name : file.stream().map(JarEntry::getName).sorted().toList()) {
        if (name.endsWith(CLASS) && !name.startsWith("META-INF/") && !name.contains("-info.")) {
          source(className(name), loader).ifPresent(sources::add);
        }
      }
    }
    return sources;
  }

  private static String className(String entry) {
    return entry.substring(0, entry.length() - CLASS.length()).replace('/', '.');
  }

  private static Optional<Class<? extends PipelineSource>> source(
      String className, ClassLoader loader) {
    try {
      Class<?> type = Class.forName(className, false, loader);
      boolean concrete =
          Modifier.isPublic(type.getModifiers()) && !Modifier.isAbstract(type.getModifiers());
      return concrete && PipelineSource.class.isAssignableFrom(type)
          ? Optional.of(type.asSubclass(PipelineSource.class))
          : Optional.empty();
    } catch (ClassNotFoundException | LinkageError e) {
      // A class of an optional library that is not there can't be a pipeline either.
      return Optional.empty();
    }
  }
}
