package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The first command of the README. */
@Tag("waits")
final class DemoTest {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
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

  /** It trains on real purchases, which is worth compiling for. */
  private static Map<String, String> onAFreePort() {
    return Map.of(
        "AIRLOCK_HTTP_PORT",
        Integer.toString(RunningSystem.freePort()),
        "AIRLOCK_JAVA_OPTIONS",
        "");
  }

  private static void assertSummary(JsonNode summary) {
    assertEquals("repeat-purchase", summary.path("pipeline").asText(), summary::toString);
    assertEquals("repeat-purchase", summary.path("model").asText());
    assertTrue(summary.path("runs").size() >= 3, summary::toString);
    for (JsonNode run : summary.path("runs")) {
      assertTrue(run.path("id").asLong() > 0);
      assertTrue(run.path("trigger").isTextual());
      assertTrue(run.path("seconds").asDouble() > 0);
    }
    assertEquals("succeeded", summary.path("runs").get(0).path("state").asText());
    assertEquals(3, summary.path("versions").size(), summary::toString);
    assertVersion(summary.path("versions").get(0));
    assertRetrained(summary.path("versions").get(1));
    assertTrue(summary.path("predictions").asLong() > 10_000, summary::toString);
    assertLoop(summary);
    assertTrue(
        summary.path("seconds").asDouble()
            > summary.path("runs").get(0).path("seconds").asDouble());
  }

  /** The figures lie near those of an independent scikit-learn run. */
  private static void assertVersion(JsonNode version) {
    assertEquals(1, version.path("version").asInt());
    assertTrue(version.path("championOnSameRows").isNull(), "nothing was live before");
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

  /** April to November 1997, judged on March 1998: better calibrated, and ranks no better. */
  private static void assertRetrained(JsonNode version) {
    assertEquals(2, version.path("version").asInt());
    assertEquals(8, version.path("trainedOn").size(), version::toString);
    assertEquals("1997-11-30", version.path("trainedOn").get(7).asText());
    assertEquals("1998-03-31", version.path("judgedOn").asText());
    JsonNode champion = version.path("championOnSameRows");
    assertEquals(0.098, champion.path("brier").asDouble(), 0.002);
    assertEquals(0.092, version.path("brier").asDouble(), 0.002);
    assertEquals(champion.path("auc").asDouble(), version.path("auc").asDouble(), 0.005);
    double difference = champion.path("difference").asDouble();
    assertEquals(
        version.path("brier").asDouble() - champion.path("brier").asDouble(), difference, 1e-9);
    assertTrue(champion.path("interval").get(0).asDouble() < difference);
    assertTrue(champion.path("interval").get(1).asDouble() > difference);
  }

  /** Drift opened a ticket, a rule retrained, and the broken candidate was taken back. */
  private static void assertLoop(JsonNode summary) {
    JsonNode recency = summary.path("drift").path("log_recency");
    assertTrue(recency.path("psi").asDouble() > 0.2, summary::toString);
    assertTrue(recency.path("bins").asInt() > 1);
    assertEquals(1e-4, recency.path("epsilon").asDouble());
    assertEquals(7, summary.path("drift").size());
    assertTrue(
        summary.path("alerts").findValuesAsText("consequence").contains("open-ticket"),
        summary::toString);
    assertTrue(summary.path("retrain").path("rule").isTextual());
    assertFalse(summary.path("retrain").path("figures").isEmpty(), summary::toString);

    JsonNode rollouts = summary.path("rollouts");
    JsonNode broken = rollouts.get(rollouts.size() - 1);
    assertEquals(3, broken.path("version").asInt(), summary::toString);
    assertEquals("rolled-back", broken.path("state").asText(), summary::toString);
    assertEquals("failure", broken.path("steps").get(0).path("verdict").asText());
    assertFalse(broken.path("reason").asText().isEmpty());
    assertNotEquals("live", summary.path("versions").get(2).path("alias").asText());
    assertRetrainedTookOver(summary);
  }

  /** Where its guards and its canary let it; a busy machine may answer too slowly for that. */
  private static void assertRetrainedTookOver(JsonNode summary) {
    JsonNode rollouts = summary.path("rollouts");
    boolean tookOver =
        rollouts.size() > 1 && rollouts.get(0).path("state").asText().equals("promoted");
    JsonNode live = summary.path("versions").get(tookOver ? 1 : 0);
    assertEquals("live", live.path("alias").asText(), summary::toString);
    if (!tookOver && rollouts.size() > 1) {
      String reason = rollouts.get(0).path("reason").asText();
      assertTrue(reason.contains("99th percentile"), () -> "taken back because " + reason);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
