package dev.airlock.workflows;

import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ledger as workflows see it: each call returns once it is written. A local activity costs one
 * event and a millisecond; where PostgreSQL is away, the call goes on as an activity, whose retries
 * cost no event and leave the workflow free to take Updates. A cancelled workflow writes, too.
 */
final class PatientLedger implements RunLedger {

  private final RunLedger brief = Workflow.newLocalActivityStub(RunLedger.class, Outage.BRIEF);
  private final RunLedger patient = Workflow.newActivityStub(RunLedger.class, Outage.PATIENT);

  @Override
  public void record(long runId, List<StageChange> changes, RunState state) {
    write(
        ledger -> {
          ledger.record(runId, changes, state);
          return null;
        });
  }

  @Override
  public void close(long runId, RunState state, @Nullable StageError error, Instant at) {
    write(
        ledger -> {
          ledger.close(runId, state, error, at);
          return null;
        });
  }

  @Override
  public @Nullable Long requestScheduled(String pipeline, Instant logicalDate) {
    return write(ledger -> ledger.requestScheduled(pipeline, logicalDate));
  }

  private <T> @Nullable T write(Entry<T> entry) {
    return Detached.call(
        () -> {
          try {
            return entry.into(brief);
          } catch (ActivityFailure outage) {
            return entry.into(patient);
          }
        });
  }

  private interface Entry<T> {
    @Nullable T into(RunLedger ledger);
  }
}
