package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.system.RunningSystem.Part;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Runs that wait in the release before this one go on under this one, in the same home: one that
 * waits for people, one in the middle of a canary's hold. {@code ./airlock test-upgrade} builds
 * that release and runs this test.
 */
@Tag("upgrade")
final class UpgradeTest {

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @Test
  void shouldFinishWhatTheReleaseBeforeHasBegun() {
    try (RunningSystem system = RunningSystem.start(SharedSystem.newHome(), Map.of(), previous())) {
      Client engineer = system.as("engineer");
      Sluice sluice = Sluice.empty(system);
      long first = sluice.start(Sluice.FIRST_ROWS);
      sluice.approve(first);
      engineer.awaitRun(first, PATIENCE, "succeeded");
      JsonNode asked;
      long waiting;
      long held;
      try (Load load = Load.on(Sluice.MODEL, Sluice.BETWEEN_REQUESTS, List.of(system.url()))) {
        waiting = Drill.start(system, Map.of());
        asked = engineer.awaitApproval(waiting, PATIENCE);
        held = engineer.start(Sluice.MODEL, Map.of("rows", Sluice.SECOND_ROWS, "hold", "PT60S"));
        sluice.approve(held);
        sluice.awaitWeight(1, 30);
        assertTrue(load.answers().stream().anyMatch(Load.Answer::isWell), "predictions before");
      }

      kill(system);
      system.upgrade(Project.dist());

      try (Load load = Load.on(Sluice.MODEL, Sluice.BETWEEN_REQUESTS, List.of(system.url()))) {
        assertAsItWas(system, waiting, asked);
        system.as("approver").decide(asked, "approve", "Asked before the upgrade").ok();
        engineer.awaitRun(waiting, PATIENCE, "succeeded");
        engineer.awaitRun(held, PATIENCE, "succeeded");
        assertTrue(load.answers().stream().anyMatch(Load.Answer::isWell), "predictions after");
        assertTrue(load.answers().stream().allMatch(Load.Answer::isWell), "nobody was turned away");
      }
      assertEquals(
          List.of(30, 60, 100), sluice.shifts(1).stream().map(Sluice.Shift::weight).toList());
      assertEquals(1, system.count("select count(*) from model_version where run_id = ?", waiting));

      long fresh = Drill.start(system, Map.of());
      engineer.awaitApproval(fresh, PATIENCE);
      assertTrue(
          engineer.get("/api/v1/runs/" + fresh + "/stages/raw/logs").status() == 200,
          "a new run of a pipeline that the release before published");
    }
  }

  /** What was asked before is asked still, word for word, and the run shows its stages. */
  private static void assertAsItWas(RunningSystem system, long run, JsonNode asked) {
    Client engineer = system.as("engineer");
    JsonNode again = engineer.awaitApproval(run, PATIENCE);
    assertEquals(asked.get("digest"), again.get("digest"));
    assertEquals(asked.get("expiresAt"), again.get("expiresAt"));
    JsonNode shown = engineer.run(run);
    assertEquals("succeeded", Client.stage(shown, "judge").get("state").asText());
    assertFalse(shown.get("stages").isEmpty());
    for (String page : List.of("/", "/runs/" + run, "/pipelines/" + Drill.PIPELINE)) {
      assertEquals(200, engineer.get(page).status(), page);
    }
  }

  /** {@code kill -9} of all that the release before has running; nothing is stopped in order. */
  private static void kill(RunningSystem system) {
    Set<Long> parts = system.pids();
    system.killLauncher();
    for (Part part : List.of(Part.WORKER, Part.WEB, Part.TEMPORAL)) {
      ProcessHandle.of(system.pid(part)).ifPresent(ProcessHandle::destroyForcibly);
    }
    Await.holds(
        PATIENCE,
        "all of " + parts + " to be gone",
        () -> parts.stream().noneMatch(Processes::isAlive));
  }

  private static Path previous() {
    String place = System.getProperty("airlock.previous", "");
    if (place.isEmpty() || !Files.isExecutable(Path.of(place, "airlock"))) {
      throw new AssertionError(
          "Expected the built release before this one at -Dairlock.previous, but it is '%s'. Run ./airlock test-upgrade, which builds it."
              .formatted(place));
    }
    return Path.of(place);
  }
}
