package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.ApprovalActivities;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.DecisionOutcome;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Approvals as rows. What is asked, of whom and by whom comes from the run's own rows, never from
 * the task: whatever reaches Temporal's port can't ask an easier question.
 */
final class PostgresApprovals implements ApprovalActivities {

  private final Jdbi jdbi;

  PostgresApprovals(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public long open(StageTask task, Instant expiresAt) {
    return jdbi.inTransaction(handle -> open(handle, task, expiresAt));
  }

  private static long open(Handle handle, StageTask task, Instant expiresAt) {
    String stage = task.stage().name();
    RunRequest run = Inputs.run(handle, task);
    Work.Approval question = Inputs.work(run, stage, Work.Approval.class);
    ModelVersion version =
        Inputs.stored(handle, Inputs.only(task, StageOutput.RegisteredVersion.class));
    int opened =
        handle
            .createUpdate(
                """
            insert into approval (run_id, stage, model, version, artifact_digest, evidence_digest,
                                  asked_of, quorum, requested_by, expires_at)
            values (:run, :stage, :model, :version, :artifact, :evidence, :askedOf, :quorum,
                    :requestedBy, :expiresAt)
            on conflict (run_id, stage) do nothing
            """)
            .bind("run", task.runId())
            .bind("stage", stage)
            .bind("model", version.model())
            .bind("version", version.version())
            .bind("artifact", version.artifactDigest())
            .bind("evidence", version.evidenceDigest())
            .bind("askedOf", question.by())
            .bind("quorum", question.quorum())
            .bind("requestedBy", run.requestedBy())
            .bind("expiresAt", expiresAt)
            .execute();
    Approval approval = handle.attach(Approvals.class).ofStage(task.runId(), stage).orElseThrow();
    if (opened == 1) {
      GateAudit.opened(handle, approval);
    }
    return approval.id();
  }

  @Override
  public DecisionOutcome count(long approvalId, long decisionId) {
    return jdbi.inTransaction(handle -> Gate.count(handle, approvalId, decisionId));
  }

  @Override
  public ApprovalStanding expire(long approvalId) {
    return jdbi.inTransaction(handle -> Gate.expire(handle, approvalId));
  }

  @Override
  public void withdraw(long approvalId) {
    jdbi.useTransaction(handle -> Gate.withdraw(handle, approvalId));
  }
}
