package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The first command of the README. */
final class DemoTest {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int PROCESSES = 4;

  @Test
  void shouldEndWithOneJsonObjectAndLeaveNoProcessBehind() throws IOException {
    Path home = SharedSystem.newHome();
    Path output = home.resolve("demo.out");
    Process demo = new Commands(home).launch(output, onAFreePort(), "demo", "--json");
    Offspring offspring = new Offspring(demo);
    Await.holds(
        PATIENCE,
        "the demo to end",
        () -> {
          offspring.look();
          return !demo.isAlive();
        });

    assertEquals(0, demo.exitValue(), () -> text(output));
    assertTrue(offspring.look() >= PROCESSES, "the four processes of the system were seen");
    offspring.awaitNoneLeft();
    List<String> lines = Files.readAllLines(output);
    assertSummary(new ObjectMapper().readTree(lines.get(lines.size() - 1)));
  }

  @Test
  void shouldLeaveNoProcessBehindWhenInterrupted() {
    Path home = SharedSystem.newHome();
    Path output = home.resolve("demo.out");
    Process demo = new Commands(home).launch(output, onAFreePort(), "demo");
    Offspring offspring = new Offspring(demo);
    Await.holds(PATIENCE, "Spark to be at work", () -> text(output).contains("features"));
    assertTrue(offspring.look() >= PROCESSES, "the four processes of the system were seen");

    Processes.interrupt(demo.pid());
    Await.holds(Duration.ofSeconds(30), "the demo to end", () -> !demo.isAlive());

    assertNotEquals(0, demo.exitValue(), () -> text(output));
    offspring.awaitNoneLeft();
  }

  private static Map<String, String> onAFreePort() {
    return Map.of("AIRLOCK_HTTP_PORT", Integer.toString(RunningSystem.freePort()));
  }

  private static void assertSummary(JsonNode summary) {
    assertEquals("repeat-purchase", summary.path("pipeline").asText(), summary::toString);
    assertEquals("repeat-purchase", summary.path("model").asText());
    assertEquals(1, summary.path("runs").size());
    JsonNode run = summary.path("runs").get(0);
    assertEquals("succeeded", run.path("state").asText());
    assertTrue(run.path("id").asLong() > 0);
    assertTrue(run.path("trigger").isTextual());
    assertTrue(run.path("seconds").asDouble() > 0);
    assertEquals(1, summary.path("versions").size());
    assertVersion(summary.path("versions").get(0));
    assertTrue(summary.path("predictions").asLong() > 10_000, summary::toString);
    assertTrue(summary.path("seconds").asDouble() > run.path("seconds").asDouble());
  }

  /** The figures lie near those of an independent scikit-learn run. */
  private static void assertVersion(JsonNode version) {
    assertEquals(1, version.path("version").asInt());
    assertEquals("live", version.path("alias").asText());
    assertEquals(2, version.path("trainedOn").size());
    assertEquals("1997-04-30", version.path("trainedOn").get(0).asText());
    assertEquals("1997-05-31", version.path("trainedOn").get(1).asText());
    assertEquals("1997-09-30", version.path("judgedOn").asText());
    assertEquals(0.776, version.path("auc").asDouble(), 0.015);
    assertEquals(0.505, version.path("prAuc").asDouble(), 0.025);
    assertEquals(0.177, version.path("baseRate").asDouble(), 0.001);
    assertEquals(0.758, version.path("baselineAuc").asDouble(), 0.005);
    assertTrue(version.path("auc").asDouble() > version.path("baselineAuc").asDouble());
    assertTrue(version.path("brier").asDouble() > 0);
    assertTrue(version.path("logLoss").asDouble() > 0);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
