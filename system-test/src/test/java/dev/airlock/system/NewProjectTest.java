package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A project of one's own, outside this repository. */
@Tag("waits")
@ExtendWith(SharedSystem.class)
final class NewProjectTest {

  @Test
  void shouldCompileAndPassItsTestAndRunWhenMadeByAirlockNew(
      RunningSystem system, @TempDir Path folder) throws IOException, InterruptedException {
    Commands commands = new Commands(system.home(), folder);
    commands.run("new", "my-model").succeeded();
    Path project = folder.resolve("my-model");

    Path output = folder.resolve("maven.out");
    Process maven =
        new ProcessBuilder("mvn", "-B", "-q", "package")
            .directory(project.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(maven.waitFor(5, TimeUnit.MINUTES), () -> "mvn package did not end");
    assertEquals(0, maven.exitValue(), Files.readString(output));
    try (Stream<Path> reports = Files.list(project.resolve("target/surefire-reports"))) {
      assertTrue(reports.findAny().isPresent(), "its test has run");
    }

    Files.copy(
        project.resolve("target/my-model.jar"), system.home().resolve("pipelines/my-model.jar"));
    Client engineer = system.as("engineer");
    Await.holds(
        Duration.ofSeconds(30),
        "the pipeline my-model to be published",
        () -> engineer.get("/api/v1/pipelines/my-model").status() == 200);
    long run = engineer.start("my-model", Map.of());
    engineer.awaitRun(run, Duration.ofMinutes(2), "waiting", "succeeded");
  }
}
