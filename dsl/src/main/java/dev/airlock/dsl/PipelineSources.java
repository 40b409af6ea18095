package dev.airlock.dsl;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds pipelines in compiled code, and checks them as a worker will find them. */
public final class PipelineSources {

  private PipelineSources() {}

  /**
   * Every pipeline class of a jar or a folder of classes, made by its constructor, in the order of
   * their names.
   *
   * @param jarOrFolder where the classes are
   * @param loader loads them and what they need
   * @throws InvalidPipelineException where one can't be made, with all of those
   * @throws IOException where the jar can't be read
   */
  public static List<PipelineSource> in(Path jarOrFolder, ClassLoader loader) throws IOException {
    List<PipelineSource> sources = new ArrayList<>();
    Findings findings = Findings.of(jarOrFolder.getFileName().toString());
    for (String name : classNames(jarOrFolder)) {
      Optional<Class<? extends PipelineSource>> type = pipelineClass(name, loader);
      if (type.isPresent()) {
        make(type.get(), findings.at(name)).ifPresent(sources::add);
      }
    }
    if (!findings.all().isEmpty()) {
      throw new InvalidPipelineException(jarOrFolder.getFileName().toString(), findings.all());
    }
    return List.copyOf(sources);
  }

  /**
   * The pipeline of a source, each task of which has one implementation in {@link
   * PipelineSource#tasks}.
   *
   * @throws InvalidPipelineException with every problem
   */
  public static Pipeline define(PipelineSource source) {
    Pipeline pipeline = source.define();
    Findings findings = Findings.of(source.getClass().getName());
    for (StageSpec stage : pipeline.graph().stages()) {
      if (stage.work() instanceof Work.Task task) {
        checkImplementation(source, task, findings.at("stage '%s'".formatted(stage.name())));
      }
    }
    if (!findings.all().isEmpty()) {
      throw new InvalidPipelineException(pipeline.graph().name(), findings.all());
    }
    return pipeline;
  }

  private static void checkImplementation(
      PipelineSource source, Work.Task task, Findings findings) {
    Class<?> type;
    try {
      type = Class.forName(task.type(), false, source.getClass().getClassLoader());
    } catch (ClassNotFoundException e) {
      findings.add(
          "The interface %s of its task can't be loaded beside the pipeline."
              .formatted(task.type()),
          "Put both into one jar.");
      return;
    }
    long implementations = source.tasks().stream().filter(type::isInstance).count();
    if (implementations != 1) {
      findings.add(
          "%d objects of tasks() implement %s.".formatted(implementations, task.type()),
          "Let %s.tasks() give exactly one.".formatted(source.getClass().getSimpleName()));
    }
  }

  private static List<String> classNames(Path jarOrFolder) throws IOException {
    if (Files.isDirectory(jarOrFolder)) {
      return classNamesUnder(jarOrFolder);
    }
    try (FileSystem jar = FileSystems.newFileSystem(jarOrFolder)) {
      return classNamesUnder(jar.getPath("/"));
    }
  }

  private static List<String> classNamesUnder(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString())
          .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
          .filter(file -> !file.startsWith("META-INF"))
          .map(file -> file.substring(0, file.length() - ".class".length()))
          .map(file -> file.replace('/', '.').replace('\\', '.'))
          .sorted()
          .toList();
    }
  }

  private static Optional<Class<? extends PipelineSource>> pipelineClass(
      String name, ClassLoader loader) {
    try {
      Class<?> type = Class.forName(name, false, loader);
      boolean concrete = !type.isInterface() && !Modifier.isAbstract(type.getModifiers());
      return concrete && PipelineSource.class.isAssignableFrom(type)
          ? Optional.of(type.asSubclass(PipelineSource.class))
          : Optional.empty();
    } catch (ClassNotFoundException | LinkageError notLoadable) {
      // A class whose own dependencies are absent, as libraries have for their optional parts.
      return Optional.empty();
    }
  }

  private static Optional<PipelineSource> make(
      Class<? extends PipelineSource> type, Findings findings) {
    try {
      return Optional.of(type.getConstructor().newInstance());
    } catch (NoSuchMethodException | IllegalAccessException e) {
      findings.add(
          "The pipeline class has no public constructor without arguments.",
          "Make the class public and give it one.");
    } catch (ReflectiveOperationException | LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      findings.add(
          "The pipeline class can't be made: %s.".formatted(cause),
          "Its constructor and constants must not fail.");
    }
    return Optional.empty();
  }
}
