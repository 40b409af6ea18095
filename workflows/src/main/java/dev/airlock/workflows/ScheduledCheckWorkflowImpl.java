package dev.airlock.workflows;

import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;

/** Asks for the check that a schedule is due, under the time it was due at. */
final class ScheduledCheckWorkflowImpl implements ScheduledCheckWorkflow {

  private static final ActivityOptions OPTIONS =
      ActivityOptions.newBuilder(Outage.PATIENT).setTaskQueue(TaskQueues.MONITORS).build();

  private final MonitorActivities monitors =
      Workflow.newActivityStub(MonitorActivities.class, OPTIONS);

  @Override
  public void start(long monitorId) {
    monitors.requestScheduled(monitorId, ScheduledTime.ofThisWorkflow());
  }
}
