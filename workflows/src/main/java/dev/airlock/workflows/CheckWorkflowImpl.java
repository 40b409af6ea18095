package dev.airlock.workflows;

import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** Measures, then judges, for however long PostgreSQL or the artifact store keep it waiting. */
final class CheckWorkflowImpl implements CheckWorkflow {

  private static final ActivityOptions LONG =
      ActivityOptions.newBuilder(Outage.PATIENT_MONITOR)
          .setStartToCloseTimeout(Duration.ofHours(1))
          .setHeartbeatTimeout(StageActivities.LONGEST_SILENCE)
          .build();

  private final MonitorActivities measuring =
      Workflow.newActivityStub(MonitorActivities.class, LONG);
  private final MonitorActivities judging =
      Workflow.newActivityStub(MonitorActivities.class, Outage.PATIENT_MONITOR);

  @Override
  public void check(long checkId) {
    measuring.measure(checkId);
    judging.judge(checkId);
  }
}
