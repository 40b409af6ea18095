package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code airlock new} writes is a pipeline that {@code airlock check} takes. */
final class NewProjectTest {

  private final Path folder;

  NewProjectTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void shouldWriteAPipelineThatCompilesAndHasNoProblem() throws IOException {
    Path project = made();
    Path jar = built(project);

    Called check = Called.airlock("check", jar.toString());

    assertEquals(0, check.exit(), check::err);
    assertEquals("✓ my-model: 9 stages, owned by my-team", check.out().strip());
    try (Stream<Path> files = Files.walk(project)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(Files.readString(file).contains("{{"), file + " has a gap left");
      }
    }
  }

  @Test
  void shouldPrintEveryProblemWhenAPipelineIsWrong() throws IOException {
    Path project = made();
    Path source = project.resolve("src/main/java/mymodel/MyModel.java");
    Files.writeString(
        source,
        Files.readString(source)
            .replace(".embargo(28)", "")
            .replace("\"subscribers-ok\"", "\"Not A Name\""));

    Called check = Called.airlock("check", built(project).toString());

    assertEquals(1, check.exit());
    assertTrue(check.out().contains("embargo"), check::out);
    assertTrue(check.out().contains("Not A Name"), check::out);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "class", "new", "package", "dou-ble", "java", "string", "override", "pipeline", "dataset",
        "stage", "split", "duration", "list", "param", "sql", "source", "trainer", "candidate",
        "evaluation", "approved", "model-version", "pipeline-source", "rehearsal", "test"
      })
  void shouldSuggestAnotherNameWhenItsSourceWouldNotCompile(String name) {
    Called called = Called.airlock("new", name);
    assertEquals(2, called.exit());
    assertTrue(called.err().contains("Try my-" + name + "."), called::err);
    assertFalse(Files.exists(Path.of(name)));
  }

  private Path made() {
    NewCommand command = new NewCommand();
    command.name = "my-model";
    Path project = folder.resolve("my-model");
    command.write(project);
    return project;
  }

  private Path built(Path project) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-d",
                classes.toString(),
                project.resolve("src/main/java/mymodel/MyModel.java").toString());
    assertEquals(0, exit, "compiles");
    Path jar = folder.resolve("my-model.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (Path root : List.of(classes, project.resolve("src/main/resources"))) {
        pack(root, out);
      }
    }
    return jar;
  }

  private static void pack(Path root, JarOutputStream out) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(root.relativize(file).toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
  }
}
