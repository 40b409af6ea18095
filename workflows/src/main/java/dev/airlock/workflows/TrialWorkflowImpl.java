package dev.airlock.workflows;

import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** Tries once: an engineer who waits would rather ask again. */
final class TrialWorkflowImpl implements TrialWorkflow {

  /** What a trial may take, the wait for a free worker included. */
  static final Duration DEADLINE = Duration.ofSeconds(60);

  private static final ActivityOptions ONCE =
      ActivityOptions.newBuilder()
          .setTaskQueue(TaskQueues.TRIALS)
          .setScheduleToCloseTimeout(DEADLINE)
          .setHeartbeatTimeout(StageActivities.LONGEST_SILENCE)
          .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
          .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
          .build();

  private final TrialActivities trying = Workflow.newActivityStub(TrialActivities.class, ONCE);
  private final TrialActivities ending =
      Workflow.newActivityStub(
          TrialActivities.class,
          Outage.PATIENT.toBuilder().setTaskQueue(TaskQueues.TRIALS).build());

  @Override
  public void run(long trialId) {
    try {
      trying.attempt(trialId);
    } catch (ActivityFailure e) {
      boolean cancelled = e.getCause() instanceof CanceledFailure;
      Detached.run(() -> ending.end(trialId, cancelled));
    } catch (CanceledFailure e) {
      Detached.run(() -> ending.end(trialId, true));
    }
  }
}
