package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.system.RunningSystem.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs that go on where others ended, and one stage that two workers believe they own. */
@Tag("waits")
@ExtendWith(SharedSystem.class)
final class ResumeTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static String state(JsonNode run, String stage) {
    return Client.stage(run, stage).get("state").asText();
  }

  private static long attempts(RunningSystem system, long run, String stage) {
    return system.count(
        "select count(*) from stage_attempt where run_id = ? and stage = ?", run, stage);
  }

  @Test
  void shouldGoOnFromTheStageThatFailedWithAnotherParam(RunningSystem system) {
    Client engineer = system.as("engineer");
    long failed = Again.start(system, Map.of("at-most", "100"));
    engineer.awaitRun(failed, PATIENCE, "failed");

    String plan =
        system
            .commands()
            .run("resume", Long.toString(failed), "--param", "at-most=500", "--plan")
            .succeeded();
    assertTrue(plan.contains("it succeeded in run "), plan);
    assertTrue(plan.contains("it failed in run " + failed), plan);
    assertEquals(0, engineer.run(failed).get("children").size(), "a plan starts nothing");

    String said =
        system
            .commands()
            .run("resume", Long.toString(failed), "--param", "at-most=500", "--wait")
            .succeeded();
    long resumed = engineer.run(failed).get("children").get(0).asLong();
    assertTrue(said.contains("Run %d resumes run %d".formatted(resumed, failed)), said);

    JsonNode run = engineer.run(resumed);
    for (String stage : new String[] {"raw", "valid", "twice"}) {
      assertEquals("cached", state(run, stage), stage);
      assertEquals(0, attempts(system, resumed, stage), stage + " has not run again");
    }
    assertEquals("succeeded", state(run, "count"));
    assertEquals(failed, run.get("parent").asLong());
  }

  @Test
  void shouldTakeFromTheCacheWhatIsTheSameAndSayWhatIsNot(RunningSystem system) {
    Client engineer = system.as("engineer");
    long first = Again.start(system, Map.of());
    engineer.awaitRun(first, PATIENCE, "succeeded");
    long second = Again.start(system, Map.of("at-most", "300"));
    JsonNode run = engineer.awaitRun(second, PATIENCE, "succeeded");

    assertEquals("cached", state(run, "raw"));
    assertEquals("succeeded", state(run, "valid"), "a validation publishes, and always runs");
    assertEquals("cached", state(run, "twice"));
    JsonNode reuse = Client.stage(run, "twice").get("reuse").get(0);
    assertTrue(reuse.get("madeBy").asLong() <= first, reuse.toString());
  }

  @Test
  @SuppressWarnings("try") // The second worker works unasked.
  void shouldRefuseTheCommitOfAWorkerThatWasHeldStill(RunningSystem system, @TempDir Path hold)
      throws IOException {
    Client engineer = system.as("engineer");
    long pid = system.pid(Part.WORKER);
    long run = Again.start(system, Map.of("hold", hold.toString()));
    Await.holds(PATIENCE, "the stage to begin", () -> Files.exists(hold.resolve("began-1")));
    try (SecondWorker second = SecondWorker.beside(system)) {
      Processes.stop(pid);
      try {
        JsonNode ended = engineer.awaitRun(run, PATIENCE, "succeeded");
        assertEquals(
            "\"attempt 2\"", Client.stage(ended, "count").get("output").get("json").asText());
        Files.createFile(hold.resolve("go"));
      } finally {
        Processes.goOn(pid);
      }
      Await.holds(
          PATIENCE,
          "the first attempt to end",
          () ->
              system.count(
                      """
                      select count(*) from stage_attempt
                      where run_id = ? and stage = 'count' and attempt = 1 and error is not null
                      """,
                      run)
                  == 1);

      assertEquals(
          0,
          system.count(
              "select count(*) from manifest where run_id = ? and stage = 'count' and attempt = 1",
              run),
          "the overtaken attempt left no manifest");
      assertEquals(
          "\"attempt 2\"",
          Client.stage(engineer.run(run), "count").get("output").get("json").asText());
      try (Stream<Path> effects = Files.list(hold)) {
        assertEquals(
            1,
            effects.filter(file -> file.getFileName().toString().startsWith("run-")).count(),
            "one effect under one key");
      }
    }
  }
}
