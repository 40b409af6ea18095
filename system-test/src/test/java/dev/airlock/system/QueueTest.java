package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.system.RunningSystem.Part;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A team's stages go to the team's worker alone, which has the team's secrets and nothing else. */
@Tag("waits")
@ExtendWith(SharedSystem.class)
final class QueueTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final PipelineJar JAR = new PipelineJar("forge", "Forge", Map.of());

  @Test
  void shouldRefuseARunUntilTheTeamHasAWorkerAndGiveItTheTeamsStageAlone(RunningSystem system) {
    JAR.havePublished(system);
    Client engineer = system.as("engineer");
    Commands.Result refused = system.commands().run("run", "forge");
    assertNotEquals(0, refused.exit());
    assertTrue(
        refused
            .output()
            .contains(
                "The stage 'forge' is for the queue 'smiths', which no worker takes. Start one with AIRLOCK_QUEUES=smiths, or take onQueue away."),
        refused::output);

    try (SecondWorker team =
        SecondWorker.beside(
            system,
            Map.of(
                "AIRLOCK_QUEUES",
                "smiths",
                "AIRLOCK_SHARED_QUEUES",
                "false",
                "AIRLOCK_SECRETS_FORGE_KEY",
                "hammer-and-anvil"))) {
      Await.holds(
          PATIENCE,
          "a worker to take the queue",
          () -> engineer.get("/api/v1/queues").text().contains("\"taken\":true"));
      JsonNode ended = engineer.awaitRun(engineer.start("forge", Map.of()), PATIENCE, "succeeded");

      assertEquals(system.pid(Part.WORKER), given(ended, "dig"));
      assertTrue(team.owns(given(ended, "forge")), ended::toString);
    }
  }

  private static long given(JsonNode run, String stage) {
    return Long.parseLong(Client.stage(run, stage).at("/output/json").asText());
  }
}
