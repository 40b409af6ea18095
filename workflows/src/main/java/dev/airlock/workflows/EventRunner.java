package dev.airlock.workflows;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.function.Consumer;

/** Waits for an event. */
final class EventRunner implements StageRunner {

  private final EventGate gate;
  private final Consumer<StageSpec> waits;

  EventRunner(EventGate gate, Consumer<StageSpec> waits) {
    this.gate = gate;
    this.waits = waits;
  }

  @Override
  public Promise<? extends StageOutput> start(StageTask task) {
    Work.AwaitEvent event = (Work.AwaitEvent) task.stage().work();
    return Async.function(() -> gate.await(task, event, () -> waits.accept(task.stage())));
  }

  @Override
  public boolean tellsItself() {
    return true;
  }
}
