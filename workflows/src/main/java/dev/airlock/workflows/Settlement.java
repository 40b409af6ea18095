package dev.airlock.workflows;

import io.temporal.failure.TemporalException;
import io.temporal.workflow.Workflow;
import org.slf4j.Logger;

/**
 * How a command comes to its end: its outcome is written down, and the run that waits for it is
 * told. Done twice, it does no harm.
 */
final class Settlement {

  private final Logger log = Workflow.getLogger(Settlement.class);
  private final RoutingActivities routing =
      Workflow.newActivityStub(RoutingActivities.class, Outage.PATIENT);

  /** Ends a command. */
  void settle(long command, CommandOutcome outcome) {
    Long waitingRun = routing.finish(command, outcome);
    if (waitingRun != null) {
      tell(waitingRun, command);
    }
  }

  private void tell(long runId, long command) {
    try {
      Workflow.newExternalWorkflowStub(PipelineWorkflow.class, RunIds.workflowId(runId))
          .commandFinished(command);
    } catch (TemporalException closed) {
      log.info("Run {} has closed and needs no word of command {}.", runId, command);
    }
  }
}
