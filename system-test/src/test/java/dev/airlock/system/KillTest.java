package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.system.RunningSystem.Part;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code kill -9} of each process, three times in the life of one run: while it trains, while it
 * waits for a person, and while it deploys.
 */
@ExtendWith(SharedSystem.class)
final class KillTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @ParameterizedTest
  @EnumSource
  void shouldEndWellOnceOnlyWhenAProcessIsKilled(Part part, RunningSystem system) {
    Client engineer = system.as("engineer");
    long run = Drill.start(system, Map.of());

    engineer.awaitStage(run, "boosted", "running", PATIENCE);
    strike(system, part, run, "boosted", "running");
    JsonNode approval = engineer.awaitApproval(run, PATIENCE);

    strike(system, part, run, "promote", "waiting");
    assertEquals("open", engineer.awaitApproval(run, PATIENCE).get("state").asText());

    try (LaggingGateway gateway = LaggingGateway.of(system)) {
      JsonNode decided =
          system.as("approver").decide(approval, "approve", "The drill may go live").ok();
      assertTrue(decided.isObject(), decided::toString);
      engineer.awaitStage(run, "go-live", "running", PATIENCE);
      gateway.awaitAsked(run);
      strike(system, part, run, "go-live", "running");
      gateway.acknowledge();
      engineer.awaitRun(run, PATIENCE, "succeeded");
    }

    assertEquals(1, versionsOf(system, run), "registered versions of run " + run);
    assertEquals(1, promotionsOf(system, run), "promotions of run " + run);
    if (part == Part.WORKER) {
      assertTrue(attempts(system, run, "boosted") > 1, "a second attempt of the training");
    }
  }

  /** Kills the process, sees that the blow landed in the middle of the stage, and waits. */
  private static void strike(
      RunningSystem system, Part part, long run, String stage, String state) {
    long killed = system.kill(part);
    system.awaitReplaced(part, killed);
    assertTrue(
        system.count(
                """
                select count(*) from stage_event
                where run_id = ? and stage = ? and state = ?
                """,
                run,
                stage,
                state)
            >= 1,
        () -> part + " was killed before " + stage + " was " + state);
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
