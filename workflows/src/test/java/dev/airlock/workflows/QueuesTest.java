package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.graph.QuotaSpec;
import io.temporal.client.WorkflowStub;
import io.temporal.worker.WorkerFactory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Stages that name a queue are for the workers of that queue, and for no other. */
final class QueuesTest {

  private final Bench bench = new Bench();
  private final FakeStages stages = new FakeStages();
  private final FakeItems items = new FakeItems();
  private final FakeWaiting looks = new FakeWaiting();
  private final WorkerFactory team = WorkerFactory.newInstance(bench.client());

  @AfterEach
  void close() throws Exception {
    team.shutdownNow();
    bench.close();
  }

  private void startWorkerOf(String queue) {
    team.newWorker(TaskQueues.tasks(queue), WorkflowTypes.workerOptions().build())
        .registerActivitiesImplementations(stages, items, looks);
    team.start();
  }

  @Test
  void shouldKeepAStageForAWorkerOfItsQueueWhileOthersGoOn() throws Exception {
    WorkflowStub run =
        bench.start(
            Stages.graph(
                Stages.onQueue(Stages.task("train"), "gpu"),
                Stages.task("count"),
                Stages.task("tell")));

    Bench.eventually(
        () ->
            bench.ledger.linesOf("count").contains("succeeded")
                && bench.ledger.linesOf("tell").contains("succeeded"));
    assertEquals(List.of(), bench.stages.attemptsAt("train"));

    startWorkerOf("gpu");

    assertEquals(RunState.SUCCEEDED, run.getResult(RunState.class));
    assertEquals(1, stages.attemptsAt("train").size());
    assertEquals(List.of(), bench.stages.attemptsAt("train"));
    assertEquals(1, stages.tasks().size());
  }

  @Test
  void shouldGiveLooksAndItemsToTheWorkersOfTheQueue() {
    bench.items.count(3);
    looks.arriveAtLook(2);
    startWorkerOf("team-growth");

    RunState end =
        bench.run(
            Stages.graph(
                Stages.onQueue(
                    Stages.sensor("file-there", Duration.ofHours(6), false), "team-growth"),
                Stages.task("list", "file-there"),
                Stages.onQueue(
                    Stages.map("each", false, 2, QuotaSpec.NONE, "list"), "team-growth")));

    assertEquals(RunState.SUCCEEDED, end);
    assertEquals(2, looks.looksOf("file-there"));
    assertEquals(List.of(0, 1, 2), items.called().stream().sorted().toList());
    assertEquals(List.of(), bench.items.called());
    assertEquals(1, bench.items.opened());
    assertEquals(1, bench.items.gathered());
  }
}
