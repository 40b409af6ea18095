package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

/** A run that branches, is struck in the middle, and still gives back and undoes what it did. */
@ExtendWith(SharedSystem.class)
final class ControlFlowTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final PipelineJar JAR = new PipelineJar("relay", "Relay", Map.of());

  @Test
  void shouldTearDownAndUndoWhenTheWorkerIsKilledInBetween(
      RunningSystem system, @TempDir Path folder) throws IOException {
    JAR.havePublished(system);
    Client engineer = system.as("engineer");
    long run = engineer.start("relay", Map.of("folder", folder.toString()));
    Await.holds(PATIENCE, "the work", () -> said(folder).contains("work"));

    Await.holds(PATIENCE, "all to be up", () -> Files.exists(system.home().resolve("state.json")));
    Files.createFile(folder.resolve("struck"));
    long killed = system.kill(Part.WORKER);
    system.awaitReplaced(Part.WORKER, killed);
    JsonNode ended = engineer.awaitRun(run, PATIENCE, "failed");

    assertEquals(List.of("rent", "book", "work", "work", "give back", "cancel"), said(folder));
    assertEquals("skipped", state(ended, "hurry"));
    assertEquals("failed", state(ended, "work"));
    assertEquals("succeeded", state(ended, "give-back"));
    assertEquals("succeeded", state(ended, "undo-book"));
    assertEquals("succeeded", state(ended, "on-failure"));
    assertEquals(2, attemptsAt(system, run, "work"));
  }

  private static String state(JsonNode run, String stage) {
    return Client.stage(run, stage).get("state").asText();
  }

  private static long attemptsAt(RunningSystem system, long run, String stage) {
    return system.count(
        "select count(*) from stage_attempt where run_id = ? and stage = ?", run, stage);
  }

  private static List<String> said(Path folder) {
    try {
      Path file = folder.resolve("said");
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
