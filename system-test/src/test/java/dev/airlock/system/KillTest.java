package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.system.RunningSystem.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code kill -9} of each process, three times in the life of one run: while it trains, while it
 * waits for a person, and while it deploys.
 */
@Tag("waits")
@ExtendWith(SharedSystem.class)
final class KillTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @ParameterizedTest
  @EnumSource
  void shouldEndWellOnceOnlyWhenAProcessIsKilled(Part part, RunningSystem system) {
    Client engineer = system.as("engineer");
    long run = Drill.start(system, Map.of());

    Await.holds(PATIENCE, "the training", () -> attempts(system, run, "boosted") == 1);
    Instant inTraining = strike(system, part);
    JsonNode approval = engineer.awaitApproval(run, PATIENCE);

    strike(system, part);
    assertEquals(approval, engineer.awaitApproval(run, PATIENCE));

    try (LaggingGateway gateway = LaggingGateway.of(system)) {
      system.as("approver").decide(approval, "approve", "The drill may go live").ok();
      gateway.awaitAsked(run);
      Instant inDeployment = strike(system, part);
      gateway.acknowledge();
      JsonNode ended = engineer.awaitRun(run, PATIENCE, "succeeded");

      assertTrue(ended(ended, "boosted").isAfter(inTraining), "struck in training");
      assertTrue(ended(ended, "go-live").isAfter(inDeployment), "struck in deployment");
    }

    assertEquals(1, versionsOf(system, run), "registered versions of run " + run);
    assertEquals(1, promotionsOf(system, run), "promotions of run " + run);
    if (part == Part.WORKER) {
      assertTrue(attempts(system, run, "boosted") > 1, "a second attempt of the training");
    }
  }

  /** Kills the process, waits until another one stands in for it, and answers when it struck. */
  private static Instant strike(RunningSystem system, Part part) {
    long killed = system.kill(part);
    Instant struck = Instant.now();
    system.awaitReplaced(part, killed);
    return struck;
  }

  private static Instant ended(JsonNode run, String stage) {
    return Instant.parse(Client.stage(run, stage).get("endedAt").asText());
  }

  private static long versionsOf(RunningSystem system, long run) {
    return system.count("select count(*) from model_version where run_id = ?", run);
  }

  private static long promotionsOf(RunningSystem system, long run) {
    return system.count(
        """
        select count(*) from alias_history
        join model_command on model_command.id = command_id
        where run_id = ?
        """,
        run);
  }

  private static long attempts(RunningSystem system, long run, String stage) {
    return system.count(
        "select count(*) from stage_attempt where run_id = ? and stage = ?", run, stage);
  }
}
