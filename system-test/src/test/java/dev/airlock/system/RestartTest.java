package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.system.RunningSystem.Part;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One run whose worker is killed between the commit of its registration and the end of that
 * activity, whose system is then stopped and started at the approval, and whose worker is killed
 * again between the commit of its promotion and the end of that activity; then another, whose
 * worker is killed likewise after a shift of its canary and after the canary's promotion.
 */
@Tag("waits")
final class RestartTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Test
  void shouldDoEachThingOnceWhenTheWorkerDiesAfterItsCommit() {
    Map<String, String> halting =
        halting("register.committed,promote.committed,rollout.shifted,rollout.promoted");
    try (RunningSystem system = RunningSystem.start(SharedSystem.newHome(), halting)) {
      Sluice sluice = Sluice.empty(system);
      long first = sluice.start(Sluice.FIRST_ROWS);
      killAt(system, "register.committed");
      JsonNode approval = system.as("engineer").awaitApproval(first, PATIENCE);
      assertEquals(1, system.count("select count(*) from model_version where run_id = ?", first));

      Set<Long> before = system.pids();
      system.down();
      system.upAgain(halting);
      assertNotEquals(before, system.pids());
      JsonNode again = system.as("engineer").awaitApproval(first, PATIENCE);
      assertEquals(approval, again, "the approval as it was before everything was stopped");

      system.as("approver").decide(again, "approve", "Still worth it after the night").ok();
      killAt(system, "promote.committed");
      system.as("engineer").awaitRun(first, PATIENCE, "succeeded");
      assertEquals(1, system.count("select count(*) from model_version where run_id = ?", first));
      assertEquals(1, system.count("select count(*) from alias_history"));

      assertTakesOverOnce(system, sluice);
    }
  }

  /** A second version takes over by a canary, whose worker dies after a shift and at its end. */
  private static void assertTakesOverOnce(RunningSystem system, Sluice sluice) {
    try (Load load = Load.on(Sluice.MODEL, Sluice.BETWEEN_REQUESTS, List.of(system.url()))) {
      long second = sluice.start(Sluice.SECOND_ROWS);
      sluice.approve(second);
      killAt(system, "rollout.shifted");
      killAt(system, "rollout.promoted");
      system.as("engineer").awaitRun(second, PATIENCE, "succeeded");
      assertTrue(load.answers().stream().allMatch(Load.Answer::isWell), "nobody was turned away");
    }
    List<Sluice.Shift> shifts = sluice.shifts(1);
    assertEquals(List.of(30, 60, 100), shifts.stream().map(Sluice.Shift::weight).toList());
    assertEquals(List.of(2L, 3L, 4L), shifts.stream().map(Sluice.Shift::epoch).toList());
    assertEquals(2, system.count("select count(*) from alias_history"));
    assertEquals(2, system.count("select count(*) from model_command"));
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
