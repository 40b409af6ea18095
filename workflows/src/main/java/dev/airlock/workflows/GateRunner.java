package dev.airlock.workflows;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.function.Consumer;

/** Asks people. */
final class GateRunner implements StageRunner {

  private final ApprovalGate gate;
  private final Consumer<StageSpec> waits;

  GateRunner(ApprovalGate gate, Consumer<StageSpec> waits) {
    this.gate = gate;
    this.waits = waits;
  }

  @Override
  public Promise<? extends StageOutput> start(StageTask task) {
    Work.Approval approval = (Work.Approval) task.stage().work();
    return Async.function(() -> gate.pass(task, approval, () -> waits.accept(task.stage())));
  }

  @Override
  public boolean tellsItself() {
    return true;
  }

  @Override
  public boolean takesItsTime() {
    return true;
  }

  @Override
  public boolean isTakenUp() {
    return true;
  }
}
