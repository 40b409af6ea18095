package dev.airlock.worker;

import dev.airlock.dsl.PipelineSource;
import dev.airlock.workflows.StageFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The code that trials run: published jars, and files that came with a request. A single source
 * file is compiled against the DSL alone, as it would be where it is published.
 */
final class TrialCode implements StageTrials.Code {

  private final Function<String, Path> artifacts;
  private final Path scratch;

  /**
   * Finds code.
   *
   * @param artifacts gives the file of a digest
   * @param scratch a folder of this machine for what is compiled
   */
  TrialCode(Function<String, Path> artifacts, Path scratch) {
    this.artifacts = artifacts;
    this.scratch = scratch;
  }

  @Override
  public Path published(String digest) {
    return artifacts.apply(digest);
  }

  @Override
  public Path received(String digest, String file) {
    Path received = artifacts.apply(digest);
    if (file.endsWith(".jar")) {
      return received;
    }
    try {
      Files.createDirectories(scratch);
      Path folder = Files.createTempDirectory(scratch, "code");
      try {
        Path source = Files.copy(received, folder.resolve(file));
        Path classes = Files.createDirectory(folder.resolve("classes"));
        compile(source, classes);
        Path jar = scratch.resolve(digest + ".jar");
        pack(classes, jar);
        return jar;
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be compiled", e);
    }
  }

  private static void compile(Path source, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The worker's Java has no compiler: start it with a JDK, or send a jar.");
    }
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(found, Locale.ENGLISH, StandardCharsets.UTF_8)) {
      boolean isWell =
          compiler
              .getTask(
                  Writer.nullWriter(),
                  files,
                  found,
                  List.of(
                      "-proc:none",
                      "-parameters",
                      "-g",
                      "-nowarn",
                      "--release",
                      "17",
                      "-cp",
                      dsl(),
                      "-d",
                      classes.toString()),
                  null,
                  files.getJavaFileObjects(source))
              .call();
      if (!isWell) {
        List<String> faults =
            found.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .map(each -> sentence(source, each))
                .toList();
        throw StageFailure.of(
            StageFailure.BAD_PIPELINE,
            faults.isEmpty() ? source.getFileName() + " does not compile." : faults.get(0),
            faults);
      }
    }
  }

  /** {@code Shop.java, line 12: cannot find symbol}. */
  private static String sentence(Path source, Diagnostic<?> fault) {
    List<String> lines = fault.getMessage(Locale.ENGLISH).lines().map(String::strip).toList();
    return "%s, line %d: %s."
        .formatted(source.getFileName(), fault.getLineNumber(), String.join(", ", lines));
  }

  /** The jar or folder that the DSL's classes come from. */
  private static String dsl() {
    try {
      return Path.of(
              PipelineSource.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Nobody knows where the DSL comes from.", e);
    }
  }

  /** Under another name first: a trial of the same file may read it meanwhile. */
  private void pack(Path classes, Path jar) throws IOException {
    Path whole = Files.createTempFile(scratch, "code", ".part");
    try (OutputStream file = Files.newOutputStream(whole);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> found = Files.walk(classes)) {
      for (Path path : found.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(path).toString().replace('\\', '/')));
        Files.copy(path, out);
        out.closeEntry();
      }
    }
    Files.move(whole, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
