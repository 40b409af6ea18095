package dev.airlock.cli;

import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.graph.DryRun;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.load.PipelineJar;
import dev.airlock.dsl.load.SourceFile;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "check",
    description =
        "Builds the graphs in a jar or a source file and prints every problem with its place.")
final class CheckCommand extends Subcommand {

  private static final String LOGGING = "org.slf4j.";

  @Parameters(paramLabel = "FILE", description = "A jar, or a .java file, of pipelines.")
  Path file = Path.of("");

  @Option(
      names = "--dry-run",
      description = "Says as well what a run of each pipeline would do, with its default params.")
  boolean dryRun;

  @Override
  void run() {
    if (!Files.isRegularFile(file)) {
      throw CommandException.wrongUse("There is no file " + file + ".");
    }
    if (file.toString().endsWith(".java")) {
      checkSource();
    } else {
      check(file);
    }
  }

  /** As a worker does it: compiled against the DSL alone, with what belongs to it beside it. */
  private void checkSource() {
    try {
      SourceFile.Compiled compiled = SourceFile.read(file).compile(classPath());
      if (!compiled.faults().isEmpty()) {
        compiled.faults().forEach(fault -> print("✗ " + fault));
        throw problems(compiled.faults().size());
      }
      Path jar = Files.createTempFile("airlock-check", ".jar");
      try {
        Files.write(jar, compiled.jar());
        check(jar);
      } finally {
        Files.delete(jar);
      }
    } catch (IOException e) {
      throw CommandException.wrongUse(file + " can't be read: " + e.getMessage());
    }
  }

  private static List<Path> classPath() {
    return Stream.concat(Stream.of(SourceFile.dsl()), loggingApi().stream().map(SourceFile::place))
        .toList();
  }

  private static List<Class<?>> loggingApi() {
    try {
      return List.of(Class.forName(LOGGING + "Logger"));
    } catch (ClassNotFoundException e) {
      return List.of();
    }
  }

  private CommandException problems(int number) {
    return CommandException.failed(
        "%d problem%s in %s.".formatted(number, number == 1 ? "" : "s", file));
  }

  private void check(Path jar) {
    PipelineJar content = read(jar);
    content.pipelines().forEach(pipeline -> show(pipeline.graph()));
    if (!content.problems().isEmpty()) {
      content
          .problems()
          .forEach(
              problem ->
                  print(
                      "✗ "
                          + problem.toString().replace(String.valueOf(jar.getFileName()), name())));
      throw problems(content.problems().size());
    }
  }

  private void show(Graph graph) {
    print("✓ " + words(graph));
    if (dryRun) {
      Map<String, String> defaults = new TreeMap<>();
      for (ParamSpec param : graph.params()) {
        if (param.defaultValue() != null) {
          defaults.put(param.name(), param.defaultValue());
        }
      }
      DryRunReport.lines(DryRun.of(graph, defaults)).forEach(this::print);
    }
  }

  private String name() {
    return String.valueOf(file.getFileName());
  }

  private PipelineJar read(Path jar) {
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, new DslAlone())) {
      return PipelineJar.read(jar, loader);
    } catch (IOException e) {
      throw CommandException.wrongUse(file + " is no jar: " + e.getMessage());
    }
  }

  private static String words(Graph graph) {
    return "%s: %d stages, owned by %s"
        .formatted(graph.name(), graph.stages().size(), graph.owner());
  }

  /** What a pipeline's code may see, here as in the worker: the JDK, the DSL and slf4j. */
  private static final class DslAlone extends ClassLoader {

    DslAlone() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith(PipelineSource.class.getPackageName() + ".")
          || name.startsWith(LOGGING)) {
        return PipelineSource.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
