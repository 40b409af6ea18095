package dev.airlock.workflows;

/** Asks for the run that a schedule is due, under the time it was due at. */
final class ScheduledStartWorkflowImpl implements ScheduledStartWorkflow {

  private final PatientLedger ledger = new PatientLedger();

  @Override
  public void start(String pipeline) {
    ledger.requestScheduled(pipeline, ScheduledTime.ofThisWorkflow());
  }
}
