package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A closed run can be executed again, from what was kept of it, with and without its system. */
@ExtendWith(SharedSystem.class)
final class ReplayTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  void shouldDecideTheSameAgainFromWhatWasKept(RunningSystem system, @TempDir Path folder)
      throws IOException {
    Client engineer = system.as("engineer");
    long run = Drill.start(system, Map.of());
    JsonNode approval = engineer.awaitApproval(run, PATIENCE);

    Commands.Result early = system.commands().run("replay", Long.toString(run));
    assertEquals(1, early.exit(), early::output);
    assertTrue(early.output().contains("has no kept history yet"), early::output);

    system.as("approver").decide(approval, "approve", "Fine").ok();
    engineer.awaitRun(run, PATIENCE, "succeeded");
    JsonNode kept = awaitKept(engineer, run);
    assertEquals("run-" + run, kept.path("items").path(0).path("workflowId").asText());

    String said =
        system
            .commands()
            .run("replay", Long.toString(run), "--save", folder.toString())
            .succeeded();
    assertTrue(said.contains("✓ run-" + run + " (PipelineWorkflow, "), said);

    Path file = folder.resolve("run-" + run + ".json");
    Commands elsewhere = new Commands(folder.resolve("no-home"), folder);
    elsewhere.run("replay", "--file", file.toString()).succeeded();

    Files.writeString(file, Files.readString(file).replace("\"Validate\"", "\"Transform\""));
    Commands.Result otherwise = elsewhere.run("replay", "--file", file.toString());
    assertEquals(1, otherwise.exit(), otherwise::output);
    assertTrue(otherwise.output().contains("decided otherwise today"), otherwise::output);
  }

  private static JsonNode awaitKept(Client engineer, long run) {
    return Await.found(
        PATIENCE,
        "the kept history of run " + run,
        () ->
            Optional.of(engineer.get("/api/v1/runs/" + run + "/histories").ok())
                .filter(kept -> kept.path("state").asText().equals("kept")));
  }
}
