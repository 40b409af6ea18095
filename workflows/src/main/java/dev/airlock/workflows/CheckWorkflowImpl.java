package dev.airlock.workflows;

import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** Measures, then judges; each as often as outages need. */
final class CheckWorkflowImpl implements CheckWorkflow {

  private static final ActivityOptions LONG =
      Outage.PATIENT.toBuilder()
          .setTaskQueue(TaskQueues.MONITORS)
          .setStartToCloseTimeout(Duration.ofHours(1))
          .setHeartbeatTimeout(StageActivities.LONGEST_SILENCE)
          .build();

  private final MonitorActivities monitors =
      Workflow.newActivityStub(MonitorActivities.class, LONG);

  @Override
  public void check(long checkId) {
    monitors.measure(checkId);
    monitors.judge(checkId);
  }
}
