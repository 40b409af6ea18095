package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.system.RunningSystem.Part;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * One run whose worker is killed between the commit of its registration and the end of that
 * activity, whose system is then stopped and started at the approval, and whose worker is killed
 * again between the commit of its promotion and the end of that activity.
 */
final class RestartTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @Test
  void shouldRegisterAndPromoteOnceWhenTheWorkerDiesAfterEachCommit() {
    try (RunningSystem system =
        RunningSystem.start(SharedSystem.newHome(), halting("register.committed"))) {
      long run = Drill.start(system, Map.of());
      killAt(system, "register.committed");
      JsonNode approval = system.as("engineer").awaitApproval(run, PATIENCE);
      assertEquals(1, system.count("select count(*) from model_version where run_id = ?", run));

      Set<Long> before = system.pids();
      system.down();
      system.upAgain(halting("promote.committed"));
      assertNotEquals(before, system.pids());
      JsonNode again = system.as("engineer").awaitApproval(run, PATIENCE);
      assertEquals(approval, again, "the approval as it was before everything was stopped");

      system.as("approver").decide(again, "approve", "Still worth it after the night").ok();
      killAt(system, "promote.committed");
      system.as("engineer").awaitRun(run, PATIENCE, "succeeded");

      assertEquals(1, system.count("select count(*) from model_version where run_id = ?", run));
      assertEquals(1, system.count("select count(*) from alias_history"));
    }
  }

  @Test
  void shouldLeaveNoProcessBehindAndStartAgainWhenTheLauncherIsKilled() {
    try (RunningSystem system = RunningSystem.start(SharedSystem.newHome(), Map.of())) {
      Set<Long> parts = system.pids();

      system.killLauncher();
      Await.holds(
          PATIENCE,
          "all of " + parts + " to end with their launcher",
          () -> parts.stream().noneMatch(Processes::isAlive));

      system.upAgain(Map.of());
      assertEquals(200, system.as("engineer").get("/api/v1/pipelines").status());
    }
  }

  private static Map<String, String> halting(String point) {
    return Map.of("AIRLOCK_TEST_HALT_POINT", point);
  }

  /** Waits until the worker stands still there, and kills it. */
  private static void killAt(RunningSystem system, String point) {
    Await.holds(
        PATIENCE,
        "the worker to halt at " + point,
        () -> Files.exists(system.home().resolve("halted").resolve(point)));
    system.awaitReplaced(Part.WORKER, system.kill(Part.WORKER));
  }
}
