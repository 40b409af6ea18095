package dev.airlock.testing;

import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** Cancels the run in time. */
final class CancellerImpl implements Audience.Canceller {

  private final Audience.Hands hands =
      Workflow.newActivityStub(
          Audience.Hands.class,
          ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofMinutes(1)).build());

  @Override
  public void cancelAfter(Duration time) {
    Workflow.sleep(time);
    hands.cancelRun();
  }
}
