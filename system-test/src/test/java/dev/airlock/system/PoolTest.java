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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A slot of a pool stays with its stage when the worker is killed, and goes on when it ends. */
@Tag("waits")
@ExtendWith(SharedSystem.class)
final class PoolTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final PipelineJar JAR = new PipelineJar("turns", "Turns", Map.of());

  @Test
  void shouldKeepTheSlotForTheNextAttemptAndThenGiveItToWhoWaits(
      RunningSystem system, @TempDir Path folder) throws IOException {
    system.commands().run("pools", "--set", "desk=1").succeeded();
    JAR.havePublished(system);
    Client engineer = system.as("engineer");
    long first = start(engineer, folder, "anna");
    Await.holds(PATIENCE, "the first to begin", () -> said(folder).contains("anna begins"));
    long second = start(engineer, folder, "bert");
    Await.holds(PATIENCE, "the second to wait", () -> desk(engineer).get("waiting").asInt() == 1);

    long killed = system.kill(Part.WORKER);
    system.awaitReplaced(Part.WORKER, killed);
    Await.holds(
        PATIENCE,
        "the next attempt of the first",
        () -> said(folder).equals(List.of("anna begins", "anna begins")));

    assertEquals(first, desk(engineer).at("/holders/0/runId").asLong());
    assertEquals(second, desk(engineer).at("/queue/0/runId").asLong());
    assertEquals("queued", state(engineer, second));
    Files.createFile(folder.resolve("anna"));
    engineer.awaitRun(first, PATIENCE, "succeeded");
    Await.holds(PATIENCE, "the second to begin", () -> said(folder).contains("bert begins"));
    Files.createFile(folder.resolve("bert"));
    engineer.awaitRun(second, PATIENCE, "succeeded");

    assertEquals(
        List.of("anna begins", "anna begins", "anna ends", "bert begins", "bert ends"),
        said(folder));
    assertEquals(0, desk(engineer).get("held").asInt());
    assertEquals(0, desk(engineer).get("waiting").asInt());
  }

  private static long start(Client engineer, Path folder, String name) {
    return engineer.start("turns", Map.of("folder", folder.toString(), "name", name));
  }

  private static JsonNode desk(Client engineer) {
    return engineer.get("/api/v1/pools/desk").ok();
  }

  private static String state(Client engineer, long run) {
    return Client.stage(engineer.run(run), "use").get("state").asText();
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
