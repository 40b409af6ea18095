package dev.airlock.cli;

import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.graph.DryRun;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.load.PipelineJar;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "check", description = "Builds the graphs in a jar and prints every problem.")
final class CheckCommand extends Subcommand {

  @Parameters(paramLabel = "JAR")
  Path jar = Path.of("");

  @Option(
      names = "--dry-run",
      description = "Says as well what a run of each pipeline would do, with its default params.")
  boolean dryRun;

  @Override
  void run() {
    if (!Files.isRegularFile(jar)) {
      throw CommandException.wrongUse("There is no file " + jar + ".");
    }
    PipelineJar content = read();
    content.pipelines().forEach(pipeline -> show(pipeline.graph()));
    if (!content.problems().isEmpty()) {
      content.problems().forEach(problem -> print("✗ " + problem));
      throw CommandException.failed(content.problems().size() + " problem(s) in " + jar + ".");
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

  private PipelineJar read() {
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, new DslAlone())) {
      return PipelineJar.read(jar, loader);
    } catch (IOException e) {
      throw CommandException.wrongUse(jar + " is no jar: " + e.getMessage());
    }
  }

  private static String words(Graph graph) {
    return "%s: %d stages, owned by %s"
        .formatted(graph.name(), graph.stages().size(), graph.owner());
  }

  /** What a pipeline's code may see, here as in the worker: the JDK and the DSL. */
  private static final class DslAlone extends ClassLoader {

    DslAlone() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith(PipelineSource.class.getPackageName() + ".")) {
        return PipelineSource.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
