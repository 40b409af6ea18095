package dev.airlock.workflows;

import io.temporal.workflow.Workflow;

/** Asks for the check that a schedule is due; its logical moment is the time it was due at. */
final class ScheduledCheckWorkflowImpl implements ScheduledCheckWorkflow {

  private final MonitorActivities monitors =
      Workflow.newActivityStub(MonitorActivities.class, Outage.PATIENT_MONITOR);

  @Override
  public void start(long monitorId) {
    monitors.requestScheduled(monitorId, ScheduledTime.ofThisWorkflow());
  }
}
