package dev.airlock.store;

import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.Json;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Rollouts that a person asks for. What is refused here is refused again where the rollout begins
 * and where its traffic rises: here the answer only comes sooner.
 */
final class RolloutRequests {

  private RolloutRequests() {}

  static CommandRequest start(
      Handle handle, String model, int version, CanaryPlan canary, Acting acting, String reason) {
    Models models = handle.attach(Models.class);
    ModelVersion wanted =
        models
            .version(model, version)
            .orElseThrow(
                () ->
                    new UnknownEntityException(
                        "There is no version %d of a model %s.".formatted(version, model)));
    Optional<String> objection =
        handle.attach(Ownership.class).objectionToMore(acting.actor(), model);
    if (objection.isPresent()) {
      return new CommandRequest.Forbidden(objection.get());
    }
    Optional<Approval> revoked = Rollbacks.revocation(handle, model, version);
    if (revoked.isPresent()) {
      return new CommandRequest.Forbidden(
          "Version %d of %s may take no more traffic: approval %d was revoked by %s: %s"
              .formatted(
                  version,
                  model,
                  revoked.get().id(),
                  revoked.get().revokedBy(),
                  revoked.get().revokedBecause()));
    }
    Optional<Approval> given = given(handle, wanted);
    Optional<String> overtaken =
        given.flatMap(found -> handle.attach(Approvals.class).championObjection(found.id()));
    Optional<Approval> approval = overtaken.isPresent() ? Optional.empty() : given;
    if (approval.isEmpty() && !wasLive(handle, model, version)) {
      return new CommandRequest.Forbidden(
          overtaken.orElseGet(
              () ->
                  "Version %d of %s holds no approval of its artifact, and was never live."
                      .formatted(version, model)));
    }
    Optional<CommandRequest> conflict = conflict(handle, model, version);
    if (conflict.isPresent()) {
      return conflict.get();
    }
    long id =
        insert(handle, wanted, approval.map(Approval::id).orElse(null), canary, acting, reason);
    CommandAudit.commanded(handle, id, acting);
    Outbox.post(handle, OutboxKind.MODEL_COMMAND, id);
    return new CommandRequest.Recorded(id);
  }

  private static Optional<Approval> given(Handle handle, ModelVersion version) {
    return handle
        .attach(Approvals.class)
        .ofVersion(version.model(), version.version())
        .filter(approval -> approval.state() == ApprovalStanding.State.APPROVED)
        .filter(approval -> approval.revokedAt() == null)
        .filter(approval -> approval.artifactDigest().equals(version.artifactDigest()));
  }

  private static boolean wasLive(Handle handle, String model, int version) {
    return handle.attach(Models.class).history(model).stream()
        .anyMatch(move -> move.version() == version);
  }

  private static Optional<CommandRequest> conflict(Handle handle, String model, int version) {
    Optional<Rollout> other = handle.attach(Rollouts.class).active(model);
    if (other.isPresent()) {
      return Optional.of(
          new CommandRequest.Conflict(
              "Rollout %d of version %d of %s is under way: promote or abort it first."
                  .formatted(other.get().id(), other.get().version(), model)));
    }
    boolean isLive =
        handle
            .attach(Models.class)
            .live(model)
            .filter(live -> live.version() == version)
            .isPresent();
    return isLive
        ? Optional.of(
            new CommandRequest.Conflict(
                "Version %d of %s is live already.".formatted(version, model)))
        : Optional.empty();
  }

  /** Without an approval it is a way back, step by step, to what was live before. */
  private static long insert(
      Handle handle,
      ModelVersion version,
      @Nullable Long approvalId,
      CanaryPlan canary,
      Acting acting,
      String reason) {
    return handle
        .createQuery(
            """
            insert into model_command (kind, model, version, approval_id, canary, requested_by,
                                       reason)
            values (:kind, :model, :version, :approval, :canary::jsonb, :by, :reason)
            returning id
            """)
        .bind("kind", approvalId == null ? "rollback" : "deploy")
        .bind("model", version.model())
        .bind("version", version.version())
        .bind("approval", approvalId)
        .bind("canary", Json.write(canary))
        .bind("by", acting.actor())
        .bind("reason", reason)
        .mapTo(Long.class)
        .one();
  }
}
