package dev.airlock.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * A pipeline class of the test resources, compiled and packed as a user would, against the DSL's
 * jar alone.
 *
 * @param pipeline its name, and that of the resource's folder
 * @param source the name of the class, without its package
 * @param files what lies beside the class, by name
 */
record PipelineJar(String pipeline, String source, Map<String, String> files) {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  PipelineJar {
    files = Map.copyOf(files);
  }

  /** Makes sure that the system knows it. */
  void havePublished(RunningSystem system) {
    Path jar = system.home().resolve("pipelines").resolve(pipeline + ".jar");
    if (Files.exists(jar)) {
      return;
    }
    publish(jar, dslJar(system.commands().dist()));
    Client engineer = system.as("engineer");
    Await.holds(
        PATIENCE,
        pipeline + " to be published",
        () -> engineer.get("/api/v1/pipelines/" + pipeline).status() == 200);
  }

  /** Puts its jar where a worker looks for jars. */
  private void publish(Path jar, Path dsl) {
    try {
      Path classes = Files.createTempDirectory(pipeline);
      compile(classes, dsl);
      for (Map.Entry<String, String> file : files.entrySet()) {
        Files.writeString(classes.resolve(file.getKey()), file.getValue());
      }
      Path whole = Files.createTempFile(pipeline, ".jar");
      pack(classes, whole);
      Files.move(whole, jar);
      delete(classes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> inside = Files.walk(folder)) {
      for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private void compile(Path classes, Path dsl) throws IOException {
    String name = pipeline + "/" + source + ".java";
    Path copy = classes.resolve(source + ".java");
    try (InputStream resource = PipelineJar.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new AssertionError(name + " is not among the test resources");
      }
      Files.copy(resource, copy);
    }
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-parameters",
                "-cp",
                dsl.toString(),
                "-d",
                classes.toString(),
                copy.toString());
    if (exit != 0) {
      throw new AssertionError(name + " does not compile against " + dsl);
    }
    Files.delete(copy);
  }

  /** The DSL's jar in {@code dist/}. */
  static Path dslJar() {
    return dslJar(Project.dist());
  }

  private static Path dslJar(Path dist) {
    try (Stream<Path> jars = Files.list(dist.resolve("lib/cli"))) {
      return jars.filter(jar -> jar.getFileName().toString().startsWith("airlock-dsl"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("No airlock-dsl jar in " + dist + "/lib/cli"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> found = Files.walk(classes)) {
      for (Path path : found.filter(Files::isRegularFile).sorted().toList()) {
        JarEntry entry = new JarEntry(classes.relativize(path).toString().replace('\\', '/'));
        entry.setTime(0);
        out.putNextEntry(entry);
        Files.copy(path, out);
        out.closeEntry();
      }
    }
  }
}
