package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.QuotaSpec;
import io.temporal.activity.Activity;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MapWorkflowTest {

  private static final QuotaSpec THREE = new QuotaSpec(3, null);

  private final Bench bench = new Bench(new HistoryBounds(400, 600, 10_000_000));

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void shouldCallEachItemOnceInOrderAndNoMoreAtATimeThanItMay() {
    bench.items.count(40);
    bench.items.script(index -> rest());

    assertEquals(RunState.SUCCEEDED, bench.run(mapping(false, 3, QuotaSpec.NONE)));

    assertEquals(
        IntStream.range(0, 40).boxed().toList(), bench.items.called().stream().sorted().toList());
    assertTrue(bench.items.mostAtWork() <= 3, "at work: " + bench.items.mostAtWork());
    assertEquals(
        new StageOutput.StoredResult("9".repeat(64), 1_000, 40), bench.ledger.outputOf("each"));
    assertEquals(
        List.of("pending", "queued", "running", "succeeded"), bench.ledger.linesOf("each"));
  }

  @Test
  void shouldGiveAnEmptyListForAnEmptyOne() {
    bench.items.count(0);

    assertEquals(RunState.SUCCEEDED, bench.run(mapping(false, 3, QuotaSpec.NONE)));

    assertEquals(List.of(), bench.items.called());
    assertEquals(1, bench.items.gathered());
  }

  @Test
  void shouldShareActivitiesAmongShortItems() {
    bench.items.count(1_000);

    assertEquals(RunState.SUCCEEDED, bench.run(mapping(true, 5, QuotaSpec.NONE)));

    assertEquals(1_000, bench.items.called().size());
    int events = bench.history(RunIds.mapWorkflowId(Bench.RUN, "each")).getEvents().size();
    assertTrue(events < 300, events + " events");
  }

  @Test
  void shouldTryAnItemAgainAsOftenAsItsStageSays() {
    bench.items.count(10);
    ConcurrentHashMap<Integer, Integer> attempts = new ConcurrentHashMap<>();
    bench.items.script(
        index -> {
          if (attempts.merge(index, 1, Integer::sum) < 3 && index == 4) {
            throw new IllegalStateException("The shop does not answer.");
          }
        });

    assertEquals(RunState.SUCCEEDED, bench.run(mapping(false, 2, QuotaSpec.NONE)));

    assertEquals(3, attempts.get(4));
    assertEquals(1, attempts.get(5));
  }

  @Test
  void shouldPutUpWithAsManyFailuresAsItMay() {
    bench.items.count(20);
    bench.items.script(index -> failWhere(index < 3));

    assertEquals(RunState.SUCCEEDED, bench.run(mapping(false, 4, THREE)));

    assertEquals(1, bench.items.gathered());
  }

  @Test
  void shouldFailAndStopWhenMoreFailThanMay() {
    bench.items.count(500);
    bench.items.script(index -> failWhere(index % 2 == 0));

    assertEquals(RunState.FAILED, bench.run(mapping(false, 4, THREE)));

    StageError error = bench.ledger.errorOf("each");
    assertEquals(StageFailure.TOO_MANY_FAILED, error.type());
    // Of those that were called at once, more may have failed by the time that one is too many.
    assertTrue(
        error
            .message()
            .matches(
                "[4-7] of 500 items failed, and at most 3 may; the first, item \\d+: It is broken\\."),
        error.message());
    assertTrue(bench.items.called().stream().distinct().count() < 50);
    assertEquals(List.of("cancelled the rest"), bench.items.endings());
    assertEquals(0, bench.items.gathered());
    assertEquals(StageState.UPSTREAM_FAILED, bench.ledger.last("after").state());
  }

  @Test
  void shouldSayWhichItemFailedWhenNoneMay() {
    bench.items.count(3);
    bench.items.script(index -> failWhere(index == 2));

    assertEquals(RunState.FAILED, bench.run(mapping(true, 1, QuotaSpec.NONE)));

    assertEquals("Item 2 of 3 failed: It is broken.", bench.ledger.errorOf("each").message());
  }

  @Test
  void shouldWaitForPostgresAndCountNoAttempt() {
    bench.items.count(5);
    ConcurrentHashMap<Integer, Integer> attempts = new ConcurrentHashMap<>();
    bench.items.script(
        index -> {
          if (attempts.merge(index, 1, Integer::sum) < 6 && index == 1) {
            throw ApplicationFailure.newFailure("It is away.", StageFailure.UNAVAILABLE);
          }
        });

    assertEquals(RunState.SUCCEEDED, bench.run(mapping(false, 2, QuotaSpec.NONE)));

    assertEquals(6, attempts.get(1));
  }

  @Test
  void shouldStopTheItemsWhenTheRunIsCancelled() throws Exception {
    bench.items.count(50);
    bench.items.script(index -> heartbeatUntilCancelled());
    WorkflowStub run = bench.start(mapping(false, 4, QuotaSpec.NONE));
    Bench.eventually(() -> bench.items.called().size() == 4);

    run.cancel();

    bench.awaitCancelled();
    assertEquals(4, bench.items.called().size());
    assertEquals(List.of("cancelled the rest"), bench.items.endings());
    assertEquals(
        List.of("pending", "queued", "running", "cancelled"), bench.ledger.linesOf("each"));
  }

  @Test
  void shouldKeepItsHistoryShortHoweverManyItemsThereAre() {
    bench.items.count(300);

    assertEquals(RunState.SUCCEEDED, bench.run(mapping(false, 20, QuotaSpec.NONE)));

    assertEquals(300, bench.items.called().stream().distinct().count());
    assertEquals(1, bench.items.opened());
    List<HistoryEvent> events = bench.history(RunIds.mapWorkflowId(Bench.RUN, "each")).getEvents();
    assertTrue(events.size() < 900, events.size() + " events");
    assertFalse(
        events
            .get(0)
            .getWorkflowExecutionStartedEventAttributes()
            .getContinuedExecutionRunId()
            .isEmpty());
    int ofRun = bench.history(RunIds.workflowId(Bench.RUN)).getEvents().size();
    assertTrue(ofRun < 50, ofRun + " events");
  }

  private static Graph mapping(boolean shortTask, int atOnce, QuotaSpec quota) {
    return Stages.graph(
        Stages.shortTask("list"),
        Stages.map("each", shortTask, atOnce, quota, "list"),
        Stages.shortTask("after", "each"));
  }

  private static void failWhere(boolean fails) {
    if (fails) {
      throw new IllegalStateException("It is broken.");
    }
  }

  private static void rest() {
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static void heartbeatUntilCancelled() {
    while (true) {
      Activity.getExecutionContext().heartbeat(null);
      rest();
    }
  }
}
