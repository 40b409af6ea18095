package dev.airlock.workflows;

import io.temporal.failure.TemporalException;
import io.temporal.workflow.Workflow;
import org.slf4j.Logger;

/** Word to a run that a command of its has an outcome; a run that hears nothing looks by itself. */
final class Told {

  private Told() {}

  static void run(long runId, long commandId) {
    Logger log = Workflow.getLogger(Told.class);
    try {
      Workflow.newExternalWorkflowStub(PipelineWorkflow.class, RunIds.workflowId(runId))
          .commandFinished(commandId);
    } catch (TemporalException closed) {
      log.info("Run {} has closed and needs no word of command {}.", runId, commandId);
    }
  }
}
