package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.QuotaSpec;
import dev.airlock.dsl.graph.StageSpec;
import io.temporal.client.WorkflowStub;
import io.temporal.common.WorkflowExecutionHistory;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * As {@link HistoryReplayTest}: runs that map, each with its map's own history, and a run and a map
 * that went on in another execution, with the first and the last of them.
 */
final class LongHistoryTest {

  private static final QuotaSpec TWO = new QuotaSpec(2, null);

  @BeforeAll
  static void recordAnewWhereAsked() throws Exception {
    if (Golden.isRewritten()) {
      recordMap();
      recordShortMap();
      recordNestedMap();
      recordOverQuota();
      recordCancelled();
      recordLongMap();
      recordLongRun();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "map-isolated-run",
        "map-isolated-items",
        "map-short-run",
        "map-short-items",
        "map-nested-run",
        "map-nested-items",
        "map-over-quota-run",
        "map-over-quota-items",
        "map-cancelled-run",
        "map-cancelled-items"
      })
  void shouldGoOnAsItWasRecorded(String name) throws Exception {
    Bench.replay(recorded(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "map-long-run",
        "map-long-first",
        "map-long-last",
        "run-long-first",
        "run-long-last"
      })
  void shouldContinueAsNewWhereItDidThen(String name) throws Exception {
    Bench.replay(recorded(name), Bench.SHORT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"map-long-first", "run-long-first"})
  void shouldNoticeWhenTodayOneWouldNotContinueAsNew(String name) throws Exception {
    WorkflowExecutionHistory history = recorded(name);

    assertThrows(RuntimeException.class, () -> Bench.replay(history, HistoryBounds.USUAL));
  }

  private static WorkflowExecutionHistory recorded(String name) throws Exception {
    return WorkflowExecutionHistory.fromJson(
        Files.readString(Golden.file("histories/" + name + ".json")));
  }

  /** One item is tried again, one waits for PostgreSQL. */
  private static void recordMap() throws Exception {
    Bench bench = new Bench();
    List<Integer> attempts = new ArrayList<>();
    bench.items.count(5);
    bench.items.script(
        index -> {
          synchronized (attempts) {
            attempts.add(index);
            int calls = (int) attempts.stream().filter(one -> one == index).count();
            if (index == 1 && calls == 1) {
              throw new IllegalStateException("The shop does not answer.");
            }
            if (index == 3 && calls < 5) {
              throw StageFailure.of(StageFailure.UNAVAILABLE, "It is away.", List.of());
            }
          }
        });
    assertEquals(
        RunState.SUCCEEDED, run(bench, Stages.map("each", false, 2, QuotaSpec.NONE, "list")));
    record(bench, "map-isolated");
  }

  private static void recordShortMap() throws Exception {
    Bench bench = new Bench();
    bench.items.count(50);
    bench.items.script(index -> failWhere(index == 7));
    assertEquals(RunState.SUCCEEDED, run(bench, Stages.map("each", true, 3, TWO, "list")));
    record(bench, "map-short");
  }

  private static void recordNestedMap() throws Exception {
    Bench bench = new Bench();
    bench.items.count(6);
    assertEquals(RunState.SUCCEEDED, run(bench, Stages.mapEach("each", 3, "list")));
    record(bench, "map-nested");
  }

  private static void recordOverQuota() throws Exception {
    Bench bench = new Bench();
    bench.items.count(30);
    bench.items.script(index -> failWhere(index % 2 == 0));
    assertEquals(RunState.FAILED, run(bench, Stages.map("each", false, 2, TWO, "list")));
    record(bench, "map-over-quota");
  }

  private static void recordCancelled() throws Exception {
    Bench bench = new Bench();
    bench.items.count(20);
    bench.items.script(index -> MapWorkflowTest.heartbeatUntilCancelled());
    WorkflowStub run = bench.start(graph(Stages.map("each", false, 2, QuotaSpec.NONE, "list")));
    Bench.eventually(() -> bench.items.called().size() == 2);
    run.cancel();
    bench.awaitCancelled();
    record(bench, "map-cancelled");
  }

  private static void recordLongMap() throws Exception {
    Bench bench = new Bench(Bench.SHORT);
    bench.items.count(50);
    assertEquals(
        RunState.SUCCEEDED, run(bench, Stages.map("each", false, 3, QuotaSpec.NONE, "list")));
    write("map-long-run", bench.history(RunIds.workflowId(Bench.RUN)));
    recordEnds(bench, RunIds.mapWorkflowId(Bench.RUN, "each"), "map-long");
  }

  /** A question is open, and half answered, while the rest of the run goes on elsewhere. */
  private static void recordLongRun() throws Exception {
    Bench bench = new Bench(Bench.SHORT);
    List<StageSpec> stages = new ArrayList<>();
    stages.add(Stages.register("register"));
    stages.add(Stages.approval("promote", 2, "register"));
    IntStream.range(0, 40).forEach(n -> stages.add(Stages.task("task-" + n)));
    stages.add(Stages.deploy("go-live", "promote"));
    WorkflowStub run = bench.start(Stages.graph(stages.toArray(StageSpec[]::new)));
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    bench.decide("anna", true, "Fine.");
    Bench.eventually(() -> bench.ledger.lines().contains("task-39 succeeded"));
    bench.decide("bert", true, "Fine.");
    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    recordEnds(bench, RunIds.workflowId(Bench.RUN), "run-long");
  }

  private static RunState run(Bench bench, StageSpec map) {
    return bench.run(graph(map));
  }

  private static Graph graph(StageSpec map) {
    return Stages.graph(Stages.shortTask("list"), map, Stages.shortTask("after", "each"));
  }

  private static void failWhere(boolean fails) {
    if (fails) {
      throw new IllegalStateException("It is broken.");
    }
  }

  private static void record(Bench bench, String name) throws Exception {
    write(name + "-run", bench.history(RunIds.workflowId(Bench.RUN)));
    write(name + "-items", bench.history(RunIds.mapWorkflowId(Bench.RUN, "each")));
    bench.close();
  }

  private static void recordEnds(Bench bench, String workflowId, String name) throws Exception {
    List<WorkflowExecutionHistory> chain = bench.chain(workflowId);
    assertTrue(chain.size() > 1, "It did not continue as new.");
    write(name + "-first", chain.get(chain.size() - 1));
    write(name + "-last", chain.get(0));
    bench.close();
  }

  private static void write(String name, WorkflowExecutionHistory history) throws Exception {
    Golden.write("histories/" + name + ".json", history.toJson(true));
  }
}
