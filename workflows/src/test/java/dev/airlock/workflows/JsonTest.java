package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.QuotaSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.StageOutput.LiveVersion;
import dev.airlock.workflows.StageOutput.RegisteredVersion;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class JsonTest {

  private static final Graph EVERY_KIND = everyKind();

  @Test
  void shouldReadWhatItWroteForEveryKindOfWork() {
    assertEquals(EVERY_KIND, Json.read(Json.write(EVERY_KIND), Graph.class));

    Set<Class<?>> kinds =
        EVERY_KIND.stages().stream()
            .map(stage -> stage.work().getClass())
            .collect(Collectors.toSet());
    assertEquals(
        Arrays.stream(Work.class.getPermittedSubclasses()).collect(Collectors.toSet()), kinds);
  }

  @Test
  void shouldNameEachKindAsItNamesItself() throws JsonProcessingException {
    for (StageSpec stage : EVERY_KIND.stages()) {
      String kind =
          new ObjectMapper().readTree(Json.write(stage)).path("work").path("kind").asText();
      assertEquals(stage.work().kind(), kind);
    }
  }

  @Test
  void shouldWriteGraphsAsTheyAreStored() throws IOException {
    Golden.compare(
        "graph.json",
        Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(EVERY_KIND));
  }

  @Test
  void shouldGiveEqualGraphsOneDigest() {
    assertEquals(Json.digest(EVERY_KIND), Json.digest(everyKind()));
    assertTrue(Json.digest(EVERY_KIND).matches("[0-9a-f]{64}"));
  }

  @Test
  void shouldKeepTheOrderOfATasksInputs() {
    Map<String, StageOutput> inputs = new LinkedHashMap<>();
    inputs.put("z", new StageOutput.TaskResult("1"));
    inputs.put("a", new RegisteredVersion("repeat-purchase", 1, "d", "e"));
    StageTask task =
        new StageTask(
            41,
            "repeat-purchase",
            3,
            "c",
            Instant.EPOCH,
            new TreeMap<>(),
            "engineer",
            Stages.task("last", "z", "a"),
            inputs);

    StageTask read = Json.read(Json.write(task), StageTask.class);

    assertEquals(task, read);
    assertEquals(List.of("z", "a"), List.copyOf(read.inputs().keySet()));
    assertEquals("run-41/last", read.key());
  }

  @Test
  void shouldReadOutcomesAsWhatTheyAre() {
    Stream.of(
            new CommandOutcome.Live(new LiveVersion("repeat-purchase", 2, 1, 5)),
            new CommandOutcome.Refused("No."))
        .forEach(
            outcome -> assertEquals(outcome, Json.read(Json.write(outcome), CommandOutcome.class)));
    DecisionOutcome counted =
        new DecisionOutcome.Counted(
            new ApprovalStanding(
                1, ApprovalStanding.State.REJECTED, List.of("anna"), 2, "No.", "bela"));
    assertEquals(counted, Json.read(Json.write(counted), DecisionOutcome.class));
  }

  @Test
  void shouldWriteAnApprovalOfBeforeAsItWasWritten() {
    Work plain = new Work.Approval("ml-leads", 2, Duration.ofDays(3));
    Work grown =
        new Work.Approval(
            "ml-leads",
            List.of("ada"),
            2,
            Duration.ofDays(3),
            Duration.ofHours(8),
            new Work.Escalation(Duration.ofDays(1), "heads"),
            true);

    assertEquals(
        "{\"kind\":\"approval\",\"by\":\"ml-leads\",\"quorum\":2,\"within\":\"PT72H\"}",
        Json.write(plain));
    assertEquals(plain, Json.read(Json.write(plain), Work.class));
    assertEquals(grown, Json.read(Json.write(grown), Work.class));
  }

  @Test
  void shouldSayWhatItCouldNotRead() {
    IllegalArgumentException wrong =
        assertThrows(IllegalArgumentException.class, () -> Json.read("{", Graph.class));

    assertTrue(String.valueOf(wrong.getMessage()).startsWith("Not the JSON of a Graph: "));
  }

  private static Graph everyKind() {
    Graph life = Stages.wholeLife();
    List<StageSpec> stages =
        Stream.concat(
                life.stages().stream(),
                Stream.of(
                    Stages.task("own", "features"),
                    Stages.shortTask("short", "own"),
                    Stages.canary("canary", "promote"),
                    Stages.monitor("watch", "canary")))
            .toList();
    stages = Stream.concat(stages.stream(), OutsideStages.all("features")).toList();
    stages =
        Stream.concat(
                stages.stream(),
                Stream.of(
                    Stages.sensor("arrived", Duration.ofHours(6), true),
                    Stages.event("prices-in", Duration.ofDays(1), false),
                    Stages.firstOf("either", "own", "short"),
                    Stages.subPipeline("prices", "refresh-prices", true),
                    Stages.map("each", true, 20, new QuotaSpec(2, null), "own")))
            .toList();
    return new Graph(life.name(), life.owner(), life.schedule(), life.params(), stages);
  }
}
