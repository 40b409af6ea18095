package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.ApprovalActivities;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.DecisionOutcome;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Approvals as rows. What is asked, of whom and by whom comes from the run's own rows, never from
 * the task: whatever reaches Temporal's port can't ask an easier question.
 */
final class PostgresApprovals implements ApprovalActivities {

  private static final Logger log = LoggerFactory.getLogger(PostgresApprovals.class);

  private final Jdbi jdbi;
  private final ArtifactStore artifacts;

  PostgresApprovals(Jdbi jdbi, ArtifactStore artifacts) {
    this.jdbi = jdbi;
    this.artifacts = artifacts;
  }

  @Override
  public long open(StageTask task, Instant expiresAt) {
    return jdbi.inTransaction(handle -> open(handle, task, expiresAt));
  }

  private long open(Handle handle, StageTask task, Instant expiresAt) {
    String stage = task.stage().name();
    RunRequest run = Inputs.run(handle, task);
    Work.Approval question = Inputs.work(run, stage, Work.Approval.class);
    ModelVersion version =
        Inputs.stored(handle, Inputs.only(task, StageOutput.RegisteredVersion.class));
    // Before the approval is locked, as whoever revokes a policy locks them.
    List<ApprovalPolicy> policies =
        question.takesPolicies()
            ? handle.attach(Policies.class).inForce(task.runId(), stage)
            : List.of();
    boolean isNew = insert(handle, task, question, version, run.requestedBy(), expiresAt) == 1;
    Approvals approvals = handle.attach(Approvals.class);
    long id = approvals.ofStage(task.runId(), stage).orElseThrow().id();
    if (isNew) {
      Optional<Evidence> evidence = evidence(version.evidenceDigest());
      evidence.ifPresent(found -> noteChampion(handle, id, found));
      Approval opened = approvals.find(id).orElseThrow();
      for (ApprovalPolicy policy : policies) {
        Gate.vote(handle, opened, policy, check(policy, evidence));
      }
      Quorum.check(handle, opened);
    }
    return id;
  }

  private static int insert(
      Handle handle,
      StageTask task,
      Work.Approval question,
      ModelVersion version,
      String requestedBy,
      Instant expiresAt) {
    return Acts.as(
        handle,
        Acting.within(requestedBy, Origin.Channel.WORKFLOW),
        () -> insertRow(handle, task, question, version, requestedBy, expiresAt));
  }

  private static int insertRow(
      Handle handle,
      StageTask task,
      Work.Approval question,
      ModelVersion version,
      String requestedBy,
      Instant expiresAt) {
    return handle
        .createUpdate(
            """
            insert into approval (run_id, stage, model, version, artifact_digest, evidence_digest,
                                  asked_of, also_asked, quorum, requested_by, expires_at)
            values (:run, :stage, :model, :version, :artifact, :evidence, :askedOf, :alsoAsked,
                    :quorum, :requestedBy, :expiresAt)
            on conflict (run_id, stage) do nothing
            """)
        .bind("run", task.runId())
        .bind("stage", task.stage().name())
        .bind("model", version.model())
        .bind("version", version.version())
        .bind("artifact", version.artifactDigest())
        .bind("evidence", version.evidenceDigest())
        .bind("askedOf", question.by())
        .bindArray(
            "alsoAsked", String.class, question.askedOf().subList(1, question.askedOf().size()))
        .bind("quorum", question.quorum())
        .bind("requestedBy", requestedBy)
        .bind("expiresAt", expiresAt)
        .execute();
  }

  /** What cannot be read is for people to look at: no policy votes on it. */
  private Optional<Evidence> evidence(String digest) {
    try {
      return Optional.of(
          Json.read(new String(artifacts.get(digest), StandardCharsets.UTF_8), Evidence.class));
    } catch (ArtifactException | IllegalArgumentException e) {
      log.warn("Evidence {} can't be read; no policy will vote on it: {}", digest, e.getMessage());
      return Optional.empty();
    }
  }

  private static PolicyCheck check(ApprovalPolicy policy, Optional<Evidence> evidence) {
    return evidence
        .map(found -> PolicyCheck.of(policy, found))
        .orElseGet(() -> new PolicyCheck(false, "the evidence can't be read"));
  }

  private static void noteChampion(Handle handle, long approvalId, Evidence evidence) {
    Evidence.Champion champion = evidence.champion();
    handle
        .createQuery("select note_champion(:approval, :artifact)::text")
        .bind("approval", approvalId)
        .bind("artifact", champion == null ? null : champion.artifactDigest())
        .mapTo(String.class)
        .findFirst();
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
