package dev.airlock.workflows;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Objects;
import java.util.Queue;

/**
 * Keeps as many items under way as the stage allows, in their order. An isolated item is an
 * activity; short ones share one.
 */
final class MapWorkflowImpl implements MapWorkflow {

  /** Short items that share an activity: enough to make it cheap, few enough to spread. */
  private static final int LARGEST_BATCH = 100;

  private static final int BATCHES_OF_A_SLOT = 4;
  private static final Duration PAUSE_OF_OUTAGE = Duration.ofSeconds(10);
  private static final Duration MOMENT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WIND_DOWN = Duration.ofMinutes(1);
  private static final Duration LONGEST_DOCUMENT = Duration.ofMinutes(30);
  private static final Duration LONGEST_BATCH = Duration.ofHours(1);

  private static final ActivityOptions DOCUMENTS =
      Outage.PATIENT.toBuilder()
          .setTaskQueue(TaskQueues.TASKS)
          .setStartToCloseTimeout(LONGEST_DOCUMENT)
          .setHeartbeatTimeout(StageActivities.LONGEST_SILENCE)
          .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
          .build();

  private final MapRequest request;
  private final HistoryBounds bounds;
  private final StageSpec stage;
  private final Work.Map work;
  private final ItemActivities documents =
      Workflow.newActivityStub(ItemActivities.class, DOCUMENTS);
  private final ItemLedger ledger = Workflow.newActivityStub(ItemLedger.class, Outage.PATIENT);
  private final ItemActivities items;
  private final Queue<ItemsTask> again = new ArrayDeque<>();
  private final Queue<Lost> lost = new ArrayDeque<>();
  private boolean stopping;
  private int underWay;
  private int next;
  private ItemsOutcome outcome;

  MapWorkflowImpl(MapRequest request, HistoryBounds bounds) {
    this.request = request;
    this.bounds = bounds;
    this.stage = request.task().stage();
    this.work = (Work.Map) stage.work();
    this.items = Workflow.newActivityStub(ItemActivities.class, calls());
    this.next = request.next();
    this.outcome = request.outcome();
  }

  @Override
  public StageOutput.StoredResult run(MapRequest sameRequest) {
    try {
      MapPlan plan = request.plan() == null ? documents.openItems(request) : request.plan();
      StageTask task = request.task().readingFirst(StageOutput.StoredResult.of(plan));
      CancellationScope calls = Workflow.newCancellationScope(() -> callAll(task, plan));
      calls.run();
      if (isLost(plan)) {
        stop();
        // What ends in a moment anyhow need not be told.
        if (!awaitEnded(MOMENT)) {
          calls.cancel();
          awaitEnded(LONGEST_WIND_DOWN);
        }
        throw tooManyFailed(plan);
      }
      return documents.gatherItems(task, plan);
    } catch (CanceledFailure cancelled) {
      stop();
      Detached.run(() -> awaitEnded(LONGEST_WIND_DOWN));
      endRest();
      throw cancelled;
    } catch (RuntimeException failure) {
      endRest();
      throw failure;
    }
  }

  /** What does not stop when it is told to can't keep the stage from its end. */
  private boolean awaitEnded(Duration longest) {
    return Workflow.await(longest, () -> underWay == 0);
  }

  private void endRest() {
    Detached.run(() -> ledger.cancelItems(request.task().runId(), stage.name()));
  }

  private void callAll(StageTask task, MapPlan plan) {
    int size = batchSize(plan.count() - next);
    while (!isLost(plan) && (next < plan.count() || underWay > 0 || hasMore())) {
      settleLost();
      while (!again.isEmpty()) {
        call(again.remove());
      }
      while (next < plan.count() && underWay < work.atOnce() && !bounds.isTooLong(events())) {
        int to = Math.min(next + size, plan.count());
        underWay++;
        call(new ItemsTask(task, plan, next, to));
        next = to;
      }
      if (underWay == 0 && next < plan.count() && bounds.isLong(events())) {
        Workflow.continueAsNew(new MapRequest(request.task(), plan, next, outcome));
      }
      int before = underWay;
      Workflow.await(() -> underWay == 0 || underWay < before || hasMore() || isLost(plan));
    }
  }

  /** From now on whatever ends has ended, however it did. */
  private void stop() {
    stopping = true;
    underWay -= again.size() + lost.size();
    again.clear();
    lost.clear();
  }

  private boolean hasMore() {
    return !again.isEmpty() || !lost.isEmpty();
  }

  private void call(ItemsTask batch) {
    Async.function(items::callItems, batch)
        .handle(
            (ended, failure) -> {
              if (failure == null) {
                end(ended);
              } else {
                settle(batch, failure);
              }
              return null;
            });
  }

  private void settle(ItemsTask batch, RuntimeException failure) {
    if (stopping || StageErrors.isCancelled(failure)) {
      end(ItemsOutcome.GOOD);
      return;
    }
    if (StageErrors.isOutage(failure)) {
      Workflow.newTimer(PAUSE_OF_OUTAGE)
          .handle(
              (passed, cancelled) -> cancelled == null ? again.add(batch) : end(ItemsOutcome.GOOD));
      return;
    }
    StageError error = StageErrors.explain(failure, stage);
    if (batch.isolated() && !error.type().equals(StageFailure.TIMED_OUT)) {
      end(ItemsOutcome.failed(batch.from(), error));
    } else {
      lost.add(new Lost(batch, error));
    }
  }

  /** Nobody wrote the end of these down. */
  private void settleLost() {
    for (Lost next = lost.poll(); next != null; next = lost.poll()) {
      ItemsTask batch = next.batch();
      int count =
          ledger.itemsLost(
              batch.task().runId(), stage.name(), batch.from(), batch.to(), next.error());
      end(new ItemsOutcome(count, count == 0 ? null : batch.from(), next.error()));
    }
  }

  private boolean end(ItemsOutcome ended) {
    underWay--;
    outcome = outcome.and(ended);
    return true;
  }

  private boolean isLost(MapPlan plan) {
    return outcome.failed() > work.quota().of(plan.count());
  }

  private ApplicationFailure tooManyFailed(MapPlan plan) {
    int permitted = work.quota().of(plan.count());
    StageError first = Objects.requireNonNull(outcome.firstError());
    String what =
        permitted == 0
            ? "Item %d of %,d failed".formatted(outcome.firstIndex(), plan.count())
            : String.format(
                Locale.ROOT,
                "%,d of %,d items failed, and at most %,d may; the first, item %d",
                outcome.failed(),
                plan.count(),
                permitted,
                outcome.firstIndex());
    return StageFailure.of(
        StageFailure.TOO_MANY_FAILED, what + ": " + first.message(), first.details());
  }

  private static long events() {
    return Workflow.getInfo().getHistoryLength();
  }

  private int batchSize(int count) {
    return work.task().shortTask()
        ? Math.max(1, Math.min(LARGEST_BATCH, count / (work.atOnce() * BATCHES_OF_A_SLOT)))
        : 1;
  }

  private ActivityOptions calls() {
    // Not waited for when told to stop: their rows are ended, and nobody reads what they still
    // give.
    ActivityOptions isolated =
        StageActivities.isolated(request.task(), TaskQueues.tasks(stage.queue())).toBuilder()
            .setCancellationType(ActivityCancellationType.TRY_CANCEL)
            .build();
    return work.task().shortTask()
        ? isolated.toBuilder()
            .setStartToCloseTimeout(LONGEST_BATCH)
            .setRetryOptions(
                RetryOptions.newBuilder(Outage.OUTLASTED).setMaximumAttempts(5).build())
            .build()
        : isolated;
  }

  /** Items whose worker fell silent, or could not even begin. */
  private record Lost(ItemsTask batch, StageError error) {}
}
