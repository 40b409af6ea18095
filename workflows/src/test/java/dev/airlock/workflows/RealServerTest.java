package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.QuotaSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.local.TemporalBinary;
import dev.airlock.local.TemporalServer;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What goes on in another execution does so on the real Temporal server as well, whose rules for
 * children differ from those of the server in memory.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RealServerTest {

  private static final int ITEMS = 60;
  private static final int TASKS = 30;

  private TemporalServer server;
  private Bench bench;

  @BeforeAll
  void start(@TempDir Path folder) {
    TemporalBinary binary = TemporalServer.obtain(line -> {});
    if (!(binary instanceof TemporalBinary.Found found)) {
      throw new AssertionError(binary.toString());
    }
    server =
        TemporalServer.start(found.program(), folder.resolve("t.db"), 0, folder.resolve("log"));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @BeforeEach
  void open() {
    bench = new Bench(Bench.SHORT, server.target());
  }

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void shouldCallEachItemOnceWhenAMapGoesOnElsewhere() {
    bench.items.count(ITEMS);

    assertEquals(RunState.SUCCEEDED, bench.run(Stages.graph(list(), map(), after())));

    assertEquals(items(), bench.items.called().stream().sorted().toList());
    assertEquals(1, bench.items.opened());
    assertEquals(1, bench.items.gathered());
    assertTrue(executions(RunIds.mapWorkflowId(Bench.RUN, "each")) > 2);
    assertEquals(1, executions(RunIds.workflowId(Bench.RUN)));
  }

  /** Else Temporal would cancel the child that works through it. */
  @Test
  void shouldGoOnElsewhereOnlyOnceAMapHasEnded() throws Exception {
    bench.items.count(ITEMS);
    bench.items.script(index -> rest());
    List<StageSpec> stages = new ArrayList<>(List.of(list(), map(), after()));
    stages.addAll(tasks());
    IntStream.range(0, TASKS).forEach(n -> stages.add(Stages.task("late-" + n, "after")));

    assertEquals(RunState.SUCCEEDED, bench.run(Stages.graph(stages.toArray(StageSpec[]::new))));

    assertEquals(items(), bench.items.called().stream().sorted().toList());
    assertEquals(
        List.of("pending", "queued", "running", "succeeded"), bench.ledger.linesOf("each"));
    assertTrue(executions(RunIds.workflowId(Bench.RUN)) > 1);
  }

  @Test
  void shouldKeepTheQuestionAndTheVoteWhenARunGoesOnElsewhere() throws Exception {
    List<StageSpec> stages = new ArrayList<>();
    stages.add(Stages.register("register"));
    stages.add(Stages.approval("promote", 2, "register"));
    stages.addAll(tasks());
    stages.add(Stages.task("announce", "promote"));
    WorkflowStub run = bench.start(Stages.graph(stages.toArray(StageSpec[]::new)));
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    bench.decide("anna", true, "Fine.");
    Bench.eventually(() -> executions(RunIds.workflowId(Bench.RUN)) > 1);

    bench.decide("bert", true, "Fine.");

    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    assertEquals(
        List.of("anna", "bert"),
        ((StageOutput.ApprovedVersion) bench.ledger.outputOf("promote")).approvedBy());
    assertEquals(
        List.of("pending", "queued", "waiting", "succeeded"), bench.ledger.linesOf("promote"));
    assertEquals(TASKS + 2, bench.stages.tasks().size());
    assertEquals(
        IntStream.rangeClosed(1, bench.ledger.sequences().size()).boxed().toList(),
        bench.ledger.sequences());
  }

  @Test
  void shouldStopTheItemsWhenTheRunIsCancelledAfterItsMapWentOnElsewhere() throws Exception {
    bench.items.count(ITEMS);
    bench.items.script(
        index -> {
          if (index >= ITEMS / 2) {
            MapWorkflowTest.heartbeatUntilCancelled();
          }
        });
    WorkflowStub run = bench.start(Stages.graph(list(), map(), after()));
    Bench.eventually(() -> bench.items.called().size() == ITEMS / 2 + 3);

    run.cancel();

    bench.awaitCancelled();
    assertEquals(List.of("cancelled the rest"), bench.items.endings());
    assertEquals(
        List.of("pending", "queued", "running", "cancelled"), bench.ledger.linesOf("each"));
  }

  private int executions(String workflowId) {
    return bench.chain(workflowId).size();
  }

  private static List<Integer> items() {
    return IntStream.range(0, ITEMS).boxed().toList();
  }

  private static StageSpec list() {
    return Stages.shortTask("list");
  }

  private static StageSpec map() {
    return Stages.map("each", false, 3, QuotaSpec.NONE, "list");
  }

  private static StageSpec after() {
    return Stages.shortTask("after", "each");
  }

  private static List<StageSpec> tasks() {
    return IntStream.range(0, TASKS).mapToObj(n -> Stages.task("task-" + n)).toList();
  }

  private static void rest() {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
