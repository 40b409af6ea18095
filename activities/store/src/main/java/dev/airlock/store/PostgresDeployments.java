package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.DeploymentActivities;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Commands to deploy, as rows. Whether one may pass is decided where traffic moves, not here. */
final class PostgresDeployments implements DeploymentActivities {

  private final Jdbi jdbi;

  PostgresDeployments(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public long request(StageTask task) {
    return jdbi.inTransaction(handle -> request(handle, task));
  }

  private static long request(Handle handle, StageTask task) {
    String stage = task.stage().name();
    RunRequest run = Inputs.run(handle, task);
    Work.Deploy work = Inputs.work(run, stage, Work.Deploy.class);
    StageOutput.ApprovedVersion approved = Inputs.only(task, StageOutput.ApprovedVersion.class);
    Inputs.stored(handle, approved.version());
    requireOwn(handle, run, approved.approvalId());
    int added =
        handle
            .createUpdate(
                """
            insert into model_command (kind, model, version, approval_id, run_id, stage, canary,
                                       requested_by, reason)
            values ('deploy', :model, :version, :approval, :run, :stage, :canary::jsonb,
                    :requestedBy, :reason)
            on conflict (run_id, stage) do nothing
            """)
            .bind("model", approved.version().model())
            .bind("version", approved.version().version())
            .bind("approval", approved.approvalId())
            .bind("run", task.runId())
            .bind("stage", stage)
            .bind("canary", canary(work, run))
            .bind("requestedBy", run.requestedBy())
            .bind("reason", "Run " + task.runId() + ", " + run.triggeredBy())
            .execute();
    long id = ofStage(handle, task.runId(), stage);
    if (added == 1) {
      CommandAudit.commanded(
          handle,
          id,
          new Acting(
              run.requestedBy(), Origin.within(Origin.Channel.WORKFLOW, "run " + task.runId())));
    }
    Outbox.post(handle, OutboxKind.MODEL_COMMAND, id);
    return id;
  }

  /** The steps with the run's own holds; null for all at once. */
  private static @Nullable String canary(Work.Deploy work, RunRequest run) {
    if (work.canary() == null) {
      return null;
    }
    try {
      return Json.write(CanaryPlan.of(work.canary(), run.params()));
    } catch (InvalidParamsException e) {
      throw StageFailure.of(StageFailure.BAD_PIPELINE, String.join(" ", e.problems()));
    }
  }

  /**
   * Each run deploys under the approval that it has asked for itself, or under one that it was
   * resumed with; then nobody who gave it may be the one who asks now.
   */
  private static void requireOwn(Handle handle, RunRequest run, long approvalId) {
    boolean isOwn =
        handle
            .createQuery(
                """
                select exists (select from approval where id = :approval and run_id = :run)
                  or exists (
                    select from stage_reuse r
                    join approval a on a.run_id = r.made_by and a.stage = r.stage
                    where r.run_id = :run and a.id = :approval)
                """)
            .bind("approval", approvalId)
            .bind("run", run.runId())
            .mapTo(Boolean.class)
            .one();
    if (!isOwn) {
      throw StageFailure.of(
          StageFailure.NOT_APPROVED,
          "Approval %d was not given to run %d: a run deploys under its own approval only."
              .formatted(approvalId, run.runId()));
    }
    KeptResults.ownVote(handle, approvalId, run.requestedBy())
        .ifPresent(
            objection -> {
              throw StageFailure.of(StageFailure.NOT_APPROVED, "No: " + objection + ".");
            });
  }

  private static long ofStage(Handle handle, long runId, String stage) {
    return handle
        .createQuery("select id from model_command where run_id = :run and stage = :stage")
        .bind("run", runId)
        .bind("stage", stage)
        .mapTo(Long.class)
        .one();
  }

  @Override
  public @Nullable CommandOutcome outcome(long commandId) {
    return jdbi.onDemand(Models.class)
        .command(commandId)
        .orElseThrow(() -> new UnknownEntityException("There is no command " + commandId + "."))
        .outcome();
  }
}
