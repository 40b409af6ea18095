package dev.airlock.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * A small pipeline with every kind of stage that the real one has, on made-up rows, so that a run
 * takes seconds. Its class is a resource, compiled and packed here as a user would, against the
 * DSL's jar alone.
 */
final class Drill {

  static final String PIPELINE = "drill";
  static final String MODEL = "drill";

  private static final List<LocalDate> SNAPSHOTS =
      List.of(
          LocalDate.of(2024, 1, 31),
          LocalDate.of(2024, 2, 29),
          LocalDate.of(2024, 3, 31),
          LocalDate.of(2024, 4, 30));
  private static final int ROWS_PER_SNAPSHOT = 400;

  private Drill() {}

  /** Compiles the pipeline and puts its jar where a worker looks for jars. */
  private static void publish(Path jar) {
    try {
      Path classes = Files.createTempDirectory("drill");
      compile(classes);
      Files.writeString(classes.resolve("drill.csv"), rows());
      Path whole = Files.createTempFile("drill", ".jar");
      pack(classes, whole);
      Files.move(whole, jar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Rows in which {@code visits} tells something about {@code bought}; always the same. */
  static String rows() {
    Random random = new Random(7);
    StringBuilder csv = new StringBuilder("as_of,customer,visits,spend,bought\n");
    for (LocalDate snapshot : SNAPSHOTS) {
      for (int customer = 1; customer <= ROWS_PER_SNAPSHOT; customer++) {
        int visits = random.nextInt(20);
        double spend = Math.round(random.nextDouble() * 10_000) / 100.0;
        int bought = random.nextInt(20) < visits ? 1 : 0;
        csv.append("%s,%d,%d,%s,%d%n".formatted(snapshot, customer, visits, spend, bought));
      }
    }
    return csv.toString();
  }

  /** Starts a run of it, published before if need be; answers the run's id. */
  static long start(RunningSystem system, Map<String, String> params) {
    Client engineer = system.as("engineer");
    if (!Files.exists(jar(system))) {
      publish(jar(system));
      Await.holds(
          Duration.ofSeconds(30),
          "the drill to be published",
          () -> engineer.get("/api/v1/pipelines/" + PIPELINE).status() == 200);
    }
    return engineer.start(PIPELINE, params);
  }

  /** A run of it, approved, to its end. */
  private static void runToTheEnd(RunningSystem system) {
    Duration patience = Duration.ofSeconds(90);
    Client engineer = system.as("engineer");
    long run = start(system, Map.of());
    system.as("approver").decide(engineer.awaitApproval(run, patience), "approve", "Fine").ok();
    engineer.awaitRun(run, patience, "succeeded");
  }

  /** Makes sure that a version of it is live. */
  static void haveOneLive(RunningSystem system) {
    if (system.count("select count(*) from routing where model = 'drill'") == 0) {
      runToTheEnd(system);
    }
  }

  private static Path jar(RunningSystem system) {
    return system.home().resolve("pipelines/drill.jar");
  }

  private static void compile(Path classes) throws IOException {
    Path source = classes.resolve("Drill.java");
    try (InputStream resource = Drill.class.getResourceAsStream("drill/Drill.java")) {
      if (resource == null) {
        throw new AssertionError("drill/Drill.java is not among the test resources");
      }
      Files.copy(resource, source);
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
                dslJar().toString(),
                "-d",
                classes.toString(),
                source.toString());
    if (exit != 0) {
      throw new AssertionError("The drill's pipeline does not compile against " + dslJar());
    }
    Files.delete(source);
  }

  /** The DSL's jar in {@code dist/}. */
  static Path dslJar() {
    try (Stream<Path> jars = Files.list(Project.dist().resolve("lib/cli"))) {
      return jars.filter(jar -> jar.getFileName().toString().startsWith("airlock-dsl"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("No airlock-dsl jar in dist/lib/cli"));
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
