package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.system.RunningSystem.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline as one source file: dropped, broken, mended, changed under a run, deleted. */
@ExtendWith(SharedSystem.class)
final class PipelineFileTest {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String PIPELINE = "letters";

  private static String source(String greeting) {
    return """
        import dev.airlock.dsl.*;
        import java.nio.file.*;
        import java.util.List;

        public final class Letters implements PipelineSource {
          static final Param<String> GATE = Param.text("gate");

          public interface Tasks {
            String open(String gate) throws Exception;

            String greet(String opened);
          }

          private static final class Postman implements Tasks {
            @Override
            public String open(String gate) throws Exception {
              System.out.println("The postman waits.");
              while (!Files.exists(Path.of(gate))) {
                Thread.sleep(100);
              }
              return "open";
            }

            @Override
            public String greet(String opened) {
              java.util.logging.Logger.getLogger("letters").warning("said by the JDK");
              org.slf4j.LoggerFactory.getLogger("letters").info("said by slf4j");
              System.out.println("said aloud");
              return "%s";
            }
          }

          @Override
          public Pipeline define() {
            PipelineBuilder pipeline = Pipeline.named("letters").ownedBy("tests");
            Stage<String> opened = pipeline.task("open", Tasks::open, GATE);
            pipeline.task("greet", Tasks::greet, opened).shortTask();
            return pipeline.build();
          }

          @Override
          public List<Object> tasks() {
            return List.of(new Postman());
          }
        }
        """
        .formatted(greeting);
  }

  private static Path file(RunningSystem system) {
    return system.home().resolve("pipelines").resolve("Letters.java");
  }

  private static void drop(RunningSystem system, String source) {
    try {
      Files.writeString(file(system), source);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int version(RunningSystem system) {
    return system
        .as("engineer")
        .get("/api/v1/pipelines/" + PIPELINE)
        .body()
        .path("version")
        .asInt();
  }

  private static void awaitVersion(RunningSystem system, int version) {
    Await.holds(SOON, "version " + version + " to be shown", () -> version(system) == version);
  }

  @Test
  void shouldShowWhatIsWrongAndFinishRunsOnTheCodeThatTheyBeganWith(
      RunningSystem system, @TempDir Path folder) throws IOException {
    Client engineer = system.as("engineer");
    drop(system, source("the first"));
    awaitVersion(system, 1);
    Path gate = folder.resolve("gate");
    long run = engineer.start(PIPELINE, Map.of("gate", gate.toString()));
    engineer.awaitStage(run, "open", "running", PATIENCE);
    awaitLine(engineer, run, "open", "The postman waits.");

    drop(system, source("the second").replace("Thread.sleep(100);", "Thread.sleep(100)"));
    Await.holds(
        SOON,
        "the error to be shown with its place",
        () -> engineer.get("/pipelines/" + PIPELINE).text().contains("Letters.java:19:26"));
    assertEquals(1, version(system), "the last good version goes on");
    String listed = system.commands().run("pipelines").output();
    assertTrue(listed.contains("Letters.java:19:26: ';' expected"), listed);
    Commands.Result checked = system.commands().run("check", file(system).toString());
    assertEquals(1, checked.exit(), checked.output());
    assertTrue(checked.output().contains("Letters.java:19:26: ';' expected"), checked.output());

    drop(system, source("the second"));
    awaitVersion(system, 2);
    Await.holds(
        SOON,
        "the error to go",
        () -> !engineer.get("/pipelines/" + PIPELINE).text().contains("Letters.java:19:26"));

    system.awaitReplaced(Part.WORKER, system.kill(Part.WORKER));
    Files.writeString(gate, "");
    JsonNode finished = engineer.awaitRun(run, PATIENCE, "succeeded");
    assertEquals("the first", Client.stage(finished, "greet").get("result").asText());
    assertEquals(1, finished.get("code").get("version").asInt());
    assertEquals(2, finished.get("code").get("newest").asInt());
    assertEquals("Letters.java", finished.get("code").get("fileName").asText());
    awaitLine(engineer, run, "greet", "said aloud");
    awaitLine(engineer, run, "greet", "said by the JDK");
    awaitLine(engineer, run, "greet", "said by slf4j");
    awaitLine(engineer, run, "open", "The postman waits.");

    long next = engineer.start(PIPELINE, Map.of("gate", gate.toString()));
    JsonNode after = engineer.awaitRun(next, PATIENCE, "succeeded");
    assertEquals("the second", Client.stage(after, "greet").get("result").asText());

    Files.delete(file(system));
    Await.holds(
        SOON,
        "the page to say that the file is gone",
        () -> engineer.get("/pipelines/" + PIPELINE).text().contains("Letters.java is gone since"));
    assertEquals(
        404,
        engineer
            .post("/api/v1/pipelines/" + PIPELINE + "/runs", Map.of("params", Map.of("gate", "x")))
            .status());
  }

  private static void awaitLine(Client engineer, long run, String stage, String text) {
    Await.holds(
        Duration.ofSeconds(10),
        "stage %s of run %d to have said: %s".formatted(stage, run, text),
        () ->
            engineer
                .get("/api/v1/runs/%d/stages/%s/logs".formatted(run, stage))
                .text()
                .lines()
                .toList()
                .stream()
                .anyMatch(line -> line.endsWith(text)));
  }

  @Test
  void shouldNameBothFilesThatDefineTheSamePipeline(RunningSystem system) throws IOException {
    Path folder = system.home().resolve("pipelines");
    Path one = folder.resolve("Twin.java");
    Path other = folder.resolve("Other.java");
    String twin = source("x").replace("Letters", "Twin").replace("\"letters\"", "\"twin\"");
    Files.writeString(one, twin);
    Client engineer = system.as("engineer");
    Await.holds(SOON, "the first", () -> engineer.get("/api/v1/pipelines/twin").status() == 200);
    Files.writeString(other, twin.replace("Twin", "Other"));
    try {
      Await.holds(
          SOON,
          "both files to be named",
          () ->
              engineer
                  .get("/pipelines/twin")
                  .text()
                  .contains("is defined by Twin.java and by Other.java"));
    } finally {
      for (Path file : List.of(one, other)) {
        Files.delete(file);
      }
    }
  }
}
