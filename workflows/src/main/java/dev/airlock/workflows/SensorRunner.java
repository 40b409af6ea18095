package dev.airlock.workflows;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.function.Consumer;

/** Looks until something has arrived. */
final class SensorRunner implements StageRunner {

  private final Consumer<StageSpec> waits;

  SensorRunner(Consumer<StageSpec> waits) {
    this.waits = waits;
  }

  @Override
  public Promise<? extends StageOutput> start(StageTask task) {
    waits.accept(task.stage());
    return Async.function(() -> SensorWatch.look(task, (Work.Sensor) task.stage().work()));
  }

  @Override
  public boolean tellsItself() {
    return true;
  }
}
