package dev.airlock.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the compiler says of pipelines, and what is found in compiled code. */
class CompiledPipelinesTest {

  private static final String DEPLOY =
      """
      import dev.airlock.dsl.*;
      public class %s implements PipelineSource {
        @Override
        public Pipeline define() {
          PipelineBuilder pipeline = Pipeline.named("gate").ownedBy("me");
          Split split = Split.bySnapshot("as_of").embargo(1);
          Stage<Dataset> rows = pipeline.ingest("rows",
              Source.csv("rows.csv").column("y", dev.airlock.dsl.graph.ColumnType.INTEGER));
          Stage<Candidate> model =
              pipeline.train("model", rows, split, Trainer.logisticRegression().label("y"));
          Stage<Evaluation> judged =
              pipeline.evaluate("judge", split, model).choose(Metrics.AUC);
          Stage<ModelVersion> version = pipeline.register("register", judged);
          Stage<Approved<ModelVersion>> approved = pipeline.approval("ask", version)
              .by("leads").within(java.time.Duration.ofDays(1)).orReject();
          pipeline.deploy("live", %s).blueGreen();
          return pipeline.build();
        }
      }
      """;

  private final Path folder;

  CompiledPipelinesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void shouldNotCompileWhenAModelThatNobodyApprovedIsDeployed() {
    List<Diagnostic<? extends JavaFileObject>> errors =
        compile("Unapproved", DEPLOY.formatted("Unapproved", "version"));

    assertEquals(1, errors.size(), errors::toString);
    String message = errors.get(0).getMessage(null).replace("dev.airlock.dsl.", "");
    assertTrue(
        message.contains(
            "Stage<ModelVersion> cannot be converted to Stage<Approved<ModelVersion>>"),
        message);
  }

  @Test
  void shouldCompileAndBuildWhenTheApprovedModelIsDeployed() throws IOException {
    assertEquals(List.of(), compile("Gate", DEPLOY.formatted("Gate", "approved")));

    assertEquals(List.of("gate"), names(folder));
  }

  @Test
  void shouldFindPipelinesInAJar() throws IOException {
    assertEquals(List.of(), compile("Gate", DEPLOY.formatted("Gate", "approved")));
    Path jar = folder.resolve("pipelines.jar");
    try (FileSystem zip =
        FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of("create", "true"))) {
      Files.copy(folder.resolve("Gate.class"), zip.getPath("/Gate.class"));
    }

    assertEquals(List.of("gate"), names(jar));
  }

  @Test
  void shouldReportPipelineClassesThatCantBeMade() {
    compile(
        "Hidden",
        """
        import dev.airlock.dsl.*;
        class Hidden implements PipelineSource {
          Hidden(String needed) {}
          @Override
          public Pipeline define() { return Pipeline.named("hidden").build(); }
        }
        """);
    compile(
        "Failing",
        """
        import dev.airlock.dsl.*;
        public class Failing implements PipelineSource {
          public Failing() { throw new IllegalStateException("no luck"); }
          @Override
          public Pipeline define() { return Pipeline.named("failing").build(); }
        }
        """);

    List<Problem> problems =
        assertThrows(InvalidPipelineException.class, () -> names(folder)).problems();

    assertEquals(
        List.of(
            new Problem(
                "Failing",
                "The pipeline class can't be made: java.lang.IllegalStateException: no luck.",
                "Its constructor and constants must not fail."),
            new Problem(
                "Hidden",
                "The pipeline class has no public constructor without arguments.",
                "Make the class public and give it one.")),
        problems);
  }

  private static List<String> names(Path code) throws IOException {
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {code.toUri().toURL()}, CompiledPipelinesTest.class.getClassLoader())) {
      return PipelineSources.in(code, loader).stream()
          .map(source -> PipelineSources.define(source).graph().name())
          .toList();
    }
  }

  private List<Diagnostic<? extends JavaFileObject>> compile(String name, String source) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    JavaFileObject file =
        new SimpleJavaFileObject(
            URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    compiler
        .getTask(
            new StringWriter(),
            null,
            diagnostics,
            List.of(
                "-proc:none",
                "-classpath",
                Path.of(codeOf(Pipeline.class)).toString(),
                "-d",
                folder.toString()),
            null,
            List.of(file))
        .call();
    return diagnostics.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .toList();
  }

  private static URI codeOf(Class<?> type) {
    try {
      return type.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
