package dev.airlock.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.load.PipelineJar;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
  /** For definitions that end, on a busy machine too. */
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(2);

  private static final String DEPLOY =
      """
      import dev.airlock.dsl.*;
      public class %s implements PipelineSource {
        @Override
        public Pipeline define() {
          PipelineBuilder pipeline = Pipeline.named("gate").ownedBy("me");
          Split split = Split.bySnapshot("as_of").embargo(1);
          Stage<Dataset> rows = pipeline.ingest("rows",
              Source.csv("rows.csv").column("as_of", dev.airlock.dsl.graph.ColumnType.DATE)
                  .column("x", dev.airlock.dsl.graph.ColumnType.INTEGER)
                  .column("y", dev.airlock.dsl.graph.ColumnType.INTEGER));
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

    PipelineJar jar = jar();

    assertEquals(List.of(), jar.problems());
    assertEquals(
        List.of("Gate"), jar.pipelines().stream().map(found -> found.className()).toList());
    assertEquals("gate", jar.pipelines().get(0).graph().name());
  }

  @Test
  void shouldReportEveryPipelineOfAJarThatWontDoAndGoOnWithTheOthers() throws IOException {
    compile("Gate", DEPLOY.formatted("Gate", "approved"));
    compile("Same", DEPLOY.formatted("Same", "approved"));
    compile("Empty", source("Empty", "public Empty() {}", "Pipeline.named(\"empty\").build()"));
    compile(
        "Failing",
        source(
            "Failing",
            "public Failing() { throw new IllegalStateException(\"no luck\"); }",
            "Pipeline.named(\"failing\").build()"));
    compile(
        "Hidden", source("Hidden", "private Hidden() {}", "Pipeline.named(\"hidden\").build()"));

    PipelineJar jar = jar();

    assertEquals(1, jar.pipelines().size());
    assertEquals(
        List.of(
            "pipeline 'empty'/Nobody owns the pipeline.",
            "pipeline 'empty'/The pipeline has no stages.",
            "Failing (Failing.java:3)/The constructor threw java.lang.IllegalStateException: no luck.",
            "Hidden/The class has no public constructor without arguments.",
            "Same/The pipeline 'gate' is defined by Gate too."),
        jar.problems().stream().map(found -> found.place() + "/" + found.what()).toList());
  }

  @Test
  void shouldGoOnWithTheOthersWhenOneEndsInAnErrorOrNotAtAll() throws IOException {
    compile("Gate", DEPLOY.formatted("Gate", "approved"));
    compile(
        "Deep",
        source(
            "Deep", "static Pipeline deep() { Pipeline found = deep(); return found; }", "deep()"));
    compile("Asserted", source("Asserted", "", "null; } { if (true) throw new AssertionError(7)"));
    compile(
        "Endless",
        source(
            "Endless",
            "Pipeline endless() { while (true) { if (Thread.interrupted()) return null; } }",
            "endless()"));
    compile("Nothing", source("Nothing", "", "null"));

    PipelineJar jar = jar(LONG_ENOUGH);

    assertEquals(
        List.of("gate"), jar.pipelines().stream().map(found -> found.graph().name()).toList());
    assertEquals(4, jar.problems().size(), jar.problems()::toString);
    assertEquals(
        List.of(
            "Asserted (Asserted.java:5)/The constructor threw java.lang.AssertionError: 7.",
            "Deep (Deep.java:3)/define() threw java.lang.StackOverflowError.",
            "Endless (Endless.java:3)/Its define() had not ended after 2 s."),
        jar.problems().stream().limit(3).map(found -> found.place() + "/" + found.what()).toList());
    assertEquals("Gate", sourceOf("gate", LONG_ENOUGH).orElseThrow());
    assertEquals(Optional.empty(), sourceOf("gates", LONG_ENOUGH));
  }

  @Test
  void shouldWantOneImplementationOfEachPublicInterface() throws IOException {
    compileTask("Right", "public interface Own", "java.util.List.of((Own) () -> \"a\", 1)");
    compileTask("None", "public interface Own", "java.util.List.of()");
    compileTask(
        "Two", "public interface Own", "java.util.List.of((Own) () -> \"a\", (Own) () -> \"b\")");
    compileTask("Closed", "interface Own", "java.util.List.of((Own) () -> \"a\")");

    PipelineJar jar = jar();

    assertEquals(
        List.of("Right"), jar.pipelines().stream().map(found -> found.className()).toList());
    assertEquals(
        List.of(
            "The interface Closed$Own is not public, so that no worker can call it.",
            "0 objects of tasks() implement None$Own.",
            "2 objects of tasks() implement Two$Own."),
        jar.problems().stream().map(Problem::what).toList());
    assertEquals(
        "pipeline 'Closed', stage 'own'".toLowerCase(Locale.ROOT), jar.problems().get(0).place());
  }

  private void compileTask(String name, String declaration, String tasks) {
    String own =
        """
        %s { String say(); }
        @Override
        public java.util.List<Object> tasks() { return %s; }
        private static PipelineBuilder pipeline() {
          PipelineBuilder pipeline = Pipeline.named("%s").ownedBy("me");
          pipeline.task("own", Own::say);
          return pipeline;
        }
        """
            .formatted(declaration, tasks, name.toLowerCase(Locale.ROOT));
    assertEquals(List.of(), compile(name, source(name, own, "pipeline().build()")));
  }

  private static String source(String name, String members, String definition) {
    return """
        import dev.airlock.dsl.*;
        public class %s implements PipelineSource {
          %s
          @Override
          public Pipeline define() { return %s; }
        }
        """
        .formatted(name, members, definition);
  }

  /** What is found in a jar of all that was compiled. */
  private PipelineJar jar() throws IOException {
    return jar(PipelineJar.LONGEST);
  }

  private PipelineJar jar(Duration longest) throws IOException {
    Path jar = folder.resolve("pipelines.jar");
    try (FileSystem zip =
            FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of("create", "true"));
        DirectoryStream<Path> classes = Files.newDirectoryStream(folder, "*.class")) {
      for (Path file : classes) {
        Files.copy(file, zip.getPath("/" + file.getFileName()));
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {jar.toUri().toURL()}, CompiledPipelinesTest.class.getClassLoader())) {
      return PipelineJar.read(jar, loader, longest);
    }
  }

  /** The class that defines a pipeline, in the jar that was made before. */
  private Optional<String> sourceOf(String pipeline, Duration longest) throws IOException {
    Path jar = folder.resolve("pipelines.jar");
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {jar.toUri().toURL()}, CompiledPipelinesTest.class.getClassLoader())) {
      return PipelineJar.source(jar, loader, pipeline, longest).map(Class::getName);
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
