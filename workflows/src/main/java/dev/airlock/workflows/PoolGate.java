package dev.airlock.workflows;

import dev.airlock.dsl.graph.LimitSpec;
import dev.airlock.dsl.graph.StageSpec;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowLock;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Where stages wait for room in their pool, as queued. PostgreSQL grants; the workflow only learns
 * of it. Room is given back there too, by the statement that ends the stage, so that nothing is
 * left to be done here.
 */
final class PoolGate {

  private final WaitingActivities rows;
  private final Consumer<StageSpec> runs;
  private final WorkflowLock turn = Workflow.newWorkflowLock();
  private final Set<Long> granted = new LinkedHashSet<>();

  /**
   * A gate for the stages of one run.
   *
   * @param runs told of each stage that has got in
   */
  PoolGate(WaitingActivities rows, Consumer<StageSpec> runs) {
    this.rows = rows;
    this.runs = runs;
  }

  /** Whether the stage shares a pool with others. */
  static boolean isShared(StageSpec stage) {
    return stage.limits() != null && stage.limits().pool() != null;
  }

  /**
   * Lets the runner start once there is room.
   *
   * <p>Fails with {@link StageFailure#BAD_PIPELINE} where there is no such pool.
   */
  Promise<? extends StageOutput> enter(StageTask task, StageRunner runner) {
    return Async.function(
        () -> {
          awaitRoom(task);
          if (!runner.tellsItself()) {
            runs.accept(task.stage());
          }
          return (StageOutput) runner.start(task).get();
        });
  }

  private void awaitRoom(StageTask task) {
    SlotRequest request = request(task);
    CancellationScope.throwCanceled();
    if (!request.granted()) {
      Workflow.await(() -> granted.contains(request.id()));
    }
  }

  /** One after the other, so that stages of one run come in the order of the graph. */
  private SlotRequest request(StageTask task) {
    LimitSpec limits = Objects.requireNonNull(task.stage().limits());
    String pool = Objects.requireNonNull(limits.pool());
    turn.lock();
    try {
      return rows.requestSlots(task.runId(), task.stage().name(), pool, limits.slots());
    } finally {
      turn.unlock();
    }
  }

  /** PostgreSQL is said to have granted this. */
  void granted(long requestId) {
    granted.add(requestId);
  }
}
