package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RegistryActivities;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Model versions as rows: one for a stage of a run, numbered under the model's lock. */
final class PostgresRegistry implements RegistryActivities {

  private final Jdbi jdbi;
  private final ArtifactStore artifacts;
  private final HaltPoint haltPoint;

  PostgresRegistry(Jdbi jdbi, ArtifactStore artifacts, HaltPoint haltPoint) {
    this.jdbi = jdbi;
    this.artifacts = artifacts;
    this.haltPoint = haltPoint;
  }

  @Override
  public StageOutput.RegisteredVersion register(StageTask task) {
    StageOutput.Judgement judgement = Inputs.only(task, StageOutput.Judgement.class);
    int horizonDays = requireOwnEvidence(judgement).embargoDays();
    StageOutput.RegisteredVersion version =
        jdbi.inTransaction(handle -> register(handle, task, judgement, horizonDays));
    haltPoint.reached(HaltPoint.REGISTER_COMMITTED);
    return version;
  }

  /** The evidence that people will look at is of this artifact, and both can be read. */
  private Evidence requireOwnEvidence(StageOutput.Judgement judgement) {
    String artifact = judgement.chosen().artifactDigest();
    artifacts.get(artifact);
    Evidence evidence =
        Json.read(
            new String(artifacts.get(judgement.evidenceDigest()), StandardCharsets.UTF_8),
            Evidence.class);
    if (!evidence.artifactDigest().equals(artifact)) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "Evidence %s is of artifact %s, not of %s, which is to be registered."
              .formatted(judgement.evidenceDigest(), evidence.artifactDigest(), artifact));
    }
    return evidence;
  }

  private static StageOutput.RegisteredVersion register(
      Handle handle, StageTask task, StageOutput.Judgement judgement, int horizonDays) {
    String stage = task.stage().name();
    Work.Register work = Inputs.work(Inputs.run(handle, task), stage, Work.Register.class);
    lockModel(handle, work.model());
    CurrentAttempt.of(task)
        .ifPresent(attempt -> Attempts.requireCurrent(handle, task.runId(), stage, attempt));
    Models models = handle.attach(Models.class);
    Optional<ModelVersion> earlier = models.registered(task.runId(), stage);
    if (earlier.isEmpty()) {
      requireOwnModel(handle, work.model(), task.pipeline());
      insert(handle, task.runId(), stage, work.model(), judgement, horizonDays);
      recordRegistration(handle, task, models.registered(task.runId(), stage).orElseThrow());
    }
    return models.registered(task.runId(), stage).orElseThrow().output();
  }

  /** The database refuses it as well: here the run learns it in a sentence, and tries no more. */
  private static void requireOwnModel(Handle handle, String model, String pipeline) {
    handle
        .attach(Ownership.class)
        .registrationObjection(model, pipeline)
        .ifPresent(
            objection -> {
              throw StageFailure.of(StageFailure.BAD_PIPELINE, objection);
            });
  }

  private static void recordRegistration(Handle handle, StageTask task, ModelVersion version) {
    Acting asker =
        new Acting(
            task.requestedBy(), Origin.within(Origin.Channel.WORKFLOW, "run " + task.runId()));
    Audit.record(
        handle,
        asker
            .did(AuditAction.REGISTER_VERSION, "model", version.model())
            .after(
                Map.of(
                    "version", version.version(),
                    "artifactDigest", version.artifactDigest(),
                    "evidenceDigest", version.evidenceDigest(),
                    "run", task.runId())));
  }

  private static void lockModel(Handle handle, String model) {
    handle
        .createUpdate("insert into model (name) values (:model) on conflict do nothing")
        .bind("model", model)
        .execute();
    handle
        .createQuery("select pg_advisory_xact_lock(hashtextextended(:key, 0))::text")
        .bind("key", "airlock.model/" + model)
        .mapTo(String.class)
        .one();
  }

  private static void insert(
      Handle handle,
      long runId,
      String stage,
      String model,
      StageOutput.Judgement judgement,
      int horizonDays) {
    handle
        .createUpdate(
            """
            insert into model_version (model, version, artifact_digest, evidence_digest, run_id,
                                       stage, judgement, horizon_days)
            select :model, coalesce(max(version), 0) + 1, :artifact, :evidence, :run, :stage,
                   :judgement::jsonb, :horizonDays
            from model_version where model = :model
            """)
        .bind("model", model)
        .bind("artifact", judgement.chosen().artifactDigest())
        .bind("evidence", judgement.evidenceDigest())
        .bind("run", runId)
        .bind("stage", stage)
        .bind("judgement", Json.write(judgement))
        .bind("horizonDays", horizonDays)
        .execute();
  }
}
