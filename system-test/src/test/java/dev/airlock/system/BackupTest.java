package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.airlock.system.RunningSystem.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backup taken while runs wait, compute and predictions are answered; the system killed and its
 * home gone; the backup restored into another home, where everything goes on.
 */
@Tag("waits")
final class BackupTest {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void shouldFinishElsewhereWhatWasWaitingForApproval(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("backup.tar.gz");
    Path old = SharedSystem.newHome();
    Before before = backedUpAndLost(old, file);

    Path home = SharedSystem.newHome();
    Commands commands = new Commands(home, folder);
    String said = commands.run("restore", file.toString()).succeeded();
    assertTrue(said.contains("Restored into " + home), said);
    Commands.Result again = commands.run("restore", file.toString());
    assertEquals(1, again.exit(), again.output());
    assertTrue(again.output().contains("is not empty"), again.output());

    try (RunningSystem system = RunningSystem.start(home, Map.of());
        Load load = Load.on(Sluice.MODEL, Sluice.BETWEEN_REQUESTS, List.of(system.url()))) {
      Client engineer = system.as("engineer");
      JsonNode asked = engineer.awaitApproval(before.waiting(), PATIENCE);
      assertEquals(before.asked(), asked, "asked as it was asked before");
      system.as("approver").decide(asked, "approve", "Asked before the disaster").ok();
      engineer.awaitRun(before.waiting(), PATIENCE, "succeeded");
      assertEquals(
          2, system.count("select version from routing where model = ?", Sluice.MODEL), "live");
      engineer.awaitApproval(before.computing(), PATIENCE);
      assertEquals(
          3, system.count("select count(*) from model_version where model = ?", Sluice.MODEL));

      assertTrue(
          system.count("select count(*) from prediction") >= before.predictions(),
          "every prediction that had been shipped");
      JsonNode rows = engineer.get("/api/v1/datasets/" + before.dataset() + "/rows").ok();
      assertFalse(rows.isEmpty(), rows::toString);
      assertTrue(load.answers().stream().allMatch(Load.Answer::isWell), "predictions are answered");
      assertFalse(load.answers().isEmpty());

      long fresh = engineer.start(Sluice.MODEL, Map.of("rows", Sluice.FIRST_ROWS));
      engineer.awaitApproval(fresh, PATIENCE);
    }
  }

  /** What there was when the backup was taken. */
  private record Before(
      long waiting, JsonNode asked, long computing, long predictions, String dataset) {}

  private static Before backedUpAndLost(Path home, Path file) throws IOException {
    // Not closed: it is killed, and its home is gone.
    RunningSystem system = RunningSystem.start(home, Map.of());
    try {
      Sluice sluice = Sluice.empty(system);
      long first = sluice.start(Sluice.FIRST_ROWS);
      sluice.approve(first);
      Client engineer = system.as("engineer");
      engineer.awaitRun(first, PATIENCE, "succeeded");
      long waiting = sluice.start(Sluice.SECOND_ROWS);
      JsonNode asked = engineer.awaitApproval(waiting, PATIENCE);
      String dataset =
          engineer.get("/api/v1/datasets").ok().get("items").get(0).get("name").asText();
      long computing;
      long predictions;
      try (Load load = Load.on(Sluice.MODEL, Sluice.BETWEEN_REQUESTS, List.of(system.url()))) {
        computing = sluice.start(Sluice.FIRST_ROWS);
        Await.holds(
            PATIENCE,
            "predictions to arrive",
            () -> system.count("select count(*) from prediction") > 0);
        predictions = system.count("select count(*) from prediction");
        assertWhole(system.commands().run("backup", file.toString(), "--json").succeeded(), file);
        assertTrue(
            load.answers().stream().allMatch(Load.Answer::isWell), "nobody noticed the backup");
      }
      String checked = system.commands().run("restore", "--check", file.toString()).succeeded();
      assertTrue(checked.contains("The file is whole"), checked);
      return new Before(waiting, asked, computing, predictions, dataset);
    } finally {
      lose(system);
    }
  }

  private static void assertWhole(String said, Path file) throws IOException {
    JsonNode told = JSON.readTree(said.substring(said.indexOf('{')));
    assertEquals(
        "[\"Settings and secrets of the environment: AIRLOCK_JAVA_OPTIONS.\"]",
        told.get("notCovered").toString(),
        "all that the tests' own environment says");
    assertEquals("[]", told.get("warnings").toString());
    assertEquals(Files.size(file), told.get("bytes").asLong());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    System.out.println("backup: " + told);
  }

  /** {@code kill -9} of everything; then its home is where nobody finds it. */
  private static void lose(RunningSystem system) throws IOException {
    Set<Long> parts = system.pids();
    system.killLauncher();
    for (Part part : Part.values()) {
      ProcessHandle.of(system.pid(part)).ifPresent(ProcessHandle::destroyForcibly);
    }
    Await.holds(
        PATIENCE,
        "all of " + parts + " to be gone",
        () -> parts.stream().noneMatch(Processes::isAlive));
    Files.move(system.home(), system.home().resolveSibling(system.home().getFileName() + "-lost"));
  }
}
