package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.CacheSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.workflows.StageOutput.TaskResult;
import io.temporal.client.WorkflowStub;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that take results of earlier ones: given at their start, or looked for on the way. */
final class ReusedResultsTest {

  private static final Graph CHAIN =
      Stages.graph(
          Stages.task("a"), Stages.task("b", "a"), Stages.task("c", "b"), Stages.task("d", "c"));

  private final Bench bench = new Bench();

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  private static TaskResult result(String text) {
    return new TaskResult(text);
  }

  private static RunRequest resumed(Graph graph, Map<String, StageOutput> reused) {
    RunRequest plain = Bench.request(graph);
    return new RunRequest(
        plain.runId(),
        plain.version(),
        plain.graph(),
        plain.codeDigest(),
        plain.logicalDate(),
        plain.params(),
        plain.requestedBy(),
        "resume",
        reused);
  }

  private static StageSpec cached(StageSpec stage) {
    return new StageSpec(
        stage.name(),
        stage.work(),
        stage.inputs(),
        stage.params(),
        stage.retry(),
        stage.timeout(),
        null,
        null,
        new CacheSpec(null));
  }

  private void record(String name) throws IOException {
    if (Golden.isRewritten()) {
      Golden.write("histories/" + name + ".json", bench.history("run-1").toJson(true));
    }
  }

  @Test
  void shouldBeginWithWhatWasGivenAndRunTheRest() throws IOException {
    Map<String, StageOutput> given = new LinkedHashMap<>();
    given.put("b", result("2"));
    given.put("a", result("1"));

    RunState end = bench.start(resumed(CHAIN, given)).getResult(RunState.class);

    assertEquals(RunState.SUCCEEDED, end);
    assertEquals(List.of("pending", "cached"), bench.ledger.linesOf("a"));
    assertEquals(List.of("pending", "cached"), bench.ledger.linesOf("b"));
    assertEquals(
        List.of("c", "d"), bench.stages.tasks().stream().map(task -> task.stage().name()).toList());
    assertEquals(Map.of("b", result("2")), bench.stages.attemptsAt("c").get(0).inputs());
    record("run-resumed");
  }

  @Test
  void shouldEndAtOnceWhenAllWasGiven() {
    Map<String, StageOutput> given = new LinkedHashMap<>();
    for (String stage : List.of("a", "b", "c", "d")) {
      given.put(stage, result(stage));
    }

    assertEquals(RunState.SUCCEEDED, bench.start(resumed(CHAIN, given)).getResult(RunState.class));
    assertEquals(List.of(), bench.stages.tasks());
  }

  @Test
  void shouldTakeWhatTheCacheHasAndRunWhatItHasNot() throws IOException {
    bench.cache.answer("a", () -> new CacheAnswer(result("7"), 41L, "the same as run 41"));
    Graph graph =
        Stages.graph(
            cached(Stages.task("a")),
            cached(Stages.task("b", "a")),
            cached(Stages.ingest("orders")),
            Stages.task("c", "b"));

    assertEquals(RunState.SUCCEEDED, bench.run(graph));

    assertEquals(List.of("pending", "cached"), bench.ledger.linesOf("a"));
    assertEquals(List.of("pending", "queued", "running", "succeeded"), bench.ledger.linesOf("b"));
    assertEquals(Map.of("a", result("7")), bench.stages.attemptsAt("b").get(0).inputs());
    assertEquals(3, bench.cache.asked().size(), "each is looked for once: " + bench.cache.asked());
    record("run-cached");
  }

  @Test
  void shouldLookForAStageThatIsGivenNeverAndForTheOthersOnce() {
    Graph graph = Stages.graph(cached(Stages.task("a")), cached(Stages.task("b", "a")));

    bench.start(resumed(graph, Map.of("a", result("1")))).getResult(RunState.class);

    assertEquals(List.of("b"), bench.cache.asked());
  }

  @Test
  void shouldRunTheStageWhenItsLookFails() {
    bench.cache.answer(
        "a",
        () -> {
          throw StageFailure.of(StageFailure.BAD_PIPELINE, "The cache is broken.");
        });

    assertEquals(RunState.SUCCEEDED, bench.run(Stages.graph(cached(Stages.task("a")))));
    assertEquals(1, bench.stages.attemptsAt("a").size());
  }

  @Test
  void shouldCancelAStageThatIsBeingLookedFor() throws Exception {
    bench.cache.answer(
        "a",
        () -> {
          throw ApplicationFailure.newFailure("PostgreSQL is away.", StageFailure.UNAVAILABLE);
        });
    WorkflowStub run = bench.start(Stages.graph(cached(Stages.task("a"))));
    Bench.eventually(() -> !bench.cache.asked().isEmpty());

    run.cancel();

    bench.awaitCancelled();
    assertEquals(List.of("pending", "cancelled"), bench.ledger.linesOf("a"));
    assertTrue(bench.stages.tasks().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"run-resumed", "run-cached"})
  void shouldGoOnAsItWasRecorded(String name) throws Exception {
    Bench.replay(
        WorkflowExecutionHistory.fromJson(
            Files.readString(Golden.file("histories/" + name + ".json"))));
  }
}
