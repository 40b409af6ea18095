package dev.airlock.workflows;

import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;

/** Asks for traffic. */
final class TrafficRunner implements StageRunner {

  private final TrafficRequest traffic;

  TrafficRunner(TrafficRequest traffic) {
    this.traffic = traffic;
  }

  @Override
  public Promise<? extends StageOutput> start(StageTask task) {
    return Async.function(() -> traffic.deploy(task));
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
