package dev.airlock.dsl.load;

import dev.airlock.dsl.InvalidPipelineException;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Problem;
import dev.airlock.dsl.graph.Graph;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The pipelines in a jar: every public class that is a {@link PipelineSource}.
 *
 * @param pipelines those that can be defined, in the order of their classes' names
 * @param problems whatever is wrong with the others
 */
public record PipelineJar(List<DefinedPipeline> pipelines, List<Problem> problems) {

  private static final String CLASS = ".class";

  public PipelineJar {
    pipelines = List.copyOf(pipelines);
    problems = List.copyOf(problems);
  }

  /** A pipeline, and the class that defined it. */
  public record DefinedPipeline(String className, Graph graph) {}

  /**
   * Defines every pipeline in the jar. One that can't be defined is a problem, and the others go
   * on.
   *
   * @param loader loads the jar's classes
   * @throws IOException where the file is no jar
   */
  public static PipelineJar read(Path jar, ClassLoader loader) throws IOException {
    List<DefinedPipeline> pipelines = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Class<? extends PipelineSource> source : sources(jar, loader)) {
      define(source, pipelines, problems);
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
   * the way to it: ask once.
   *
   * @throws IOException where the file is no jar
   */
  public static Optional<Class<? extends PipelineSource>> source(
      Path jar, ClassLoader loader, String pipeline) throws IOException {
    for (Class<? extends PipelineSource> type : sources(jar, loader)) {
      if (defines(type, pipeline)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** What keeps a pipeline from being defined was reported when its jar was published. */
  private static boolean defines(Class<? extends PipelineSource> type, String pipeline) {
    try {
      PipelineSource source = type.getConstructor().newInstance();
      return source.define().graph().name().equals(pipeline);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      return false;
    }
  }

  private static void define(
      Class<? extends PipelineSource> type,
      List<DefinedPipeline> pipelines,
      List<Problem> problems) {
    String name = type.getName();
    try {
      PipelineSource source = type.getConstructor().newInstance();
      Graph graph = source.define().graph();
      List<Problem> found = new ArrayList<>(TaskImplementations.problems(source, graph));
      pipelines.stream()
          .filter(other -> other.graph().name().equals(graph.name()))
          .forEach(other -> found.add(taken(name, graph, other)));
      problems.addAll(found);
      if (found.isEmpty()) {
        pipelines.add(new DefinedPipeline(name, graph));
      }
    } catch (InvalidPipelineException e) {
      problems.addAll(e.problems());
    } catch (NoSuchMethodException e) {
      problems.add(
          new Problem(
              name,
              "The class has no public constructor without arguments.",
              "Give it one: a pipeline takes its values from params."));
    } catch (InvocationTargetException e) {
      problems.add(thrown(type, "The constructor", e.getTargetException()));
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      problems.add(thrown(type, "define()", e));
    }
  }

  private static Problem taken(String className, Graph graph, DefinedPipeline other) {
    return new Problem(
        className,
        "The pipeline '%s' is defined by %s too.".formatted(graph.name(), other.className()),
        "Give one of them another name.");
  }

  private static Problem thrown(Class<?> type, String where, Throwable thrown) {
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
  private static String line(Class<?> type, Throwable cause) {
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
