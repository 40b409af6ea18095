package dev.airlock.store;

import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.ApprovedVersion;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.Judgement;
import dev.airlock.workflows.StageOutput.RegisteredVersion;
import dev.airlock.workflows.StageOutput.StoredResult;
import dev.airlock.workflows.StageOutput.TrainedCandidate;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** Whether what a stage gave can still be taken. */
final class KeptResults {

  private final Handle handle;
  private final ArtifactStore artifacts;

  KeptResults(Handle handle, ArtifactStore artifacts) {
    this.handle = handle;
    this.artifacts = artifacts;
  }

  /**
   * Why a result can't be taken, as a clause; empty where it can.
   *
   * @param taker whoever asks for the run that would take it
   */
  Optional<String> objection(StageOutput output, String taker) {
    if (output instanceof DatasetVersion version) {
      return dataset(version);
    }
    if (output instanceof TrainedCandidate candidate) {
      return candidate(candidate);
    }
    if (output instanceof Judgement judgement) {
      return artifact(judgement.evidenceDigest(), "evidence")
          .or(() -> candidate(judgement.chosen()));
    }
    if (output instanceof RegisteredVersion version) {
      return version(version);
    }
    if (output instanceof StoredResult stored) {
      return artifact(stored.digest(), "result");
    }
    if (output instanceof ApprovedVersion approved) {
      return version(approved.version()).or(() -> approval(approved, taker));
    }
    return Optional.empty();
  }

  private Optional<String> candidate(TrainedCandidate candidate) {
    return artifact(candidate.artifactDigest(), "model")
        .or(() -> dataset(candidate.trainingData()));
  }

  private Optional<String> artifact(String digest, String what) {
    return artifacts.contains(digest)
        ? Optional.empty()
        : Optional.of(
            "its %s, artifact %s, no longer exists"
                .formatted(what, digest.substring(0, Math.min(12, digest.length()))));
  }

  /** A snapshot stays once it is published; on a branch, only as long as the branch does. */
  private Optional<String> dataset(DatasetVersion version) {
    if (version.branch() == null) {
      return Optional.empty();
    }
    boolean isGone =
        handle
            .createQuery(
                """
                select exists (
                    select from dropped_branch where dataset = :dataset and branch = :branch)
                  and not exists (
                    select from dataset_version
                    where dataset = :dataset and snapshot_id = :snapshot)
                """)
            .bind("dataset", version.dataset())
            .bind("branch", version.branch())
            .bind("snapshot", version.snapshotId())
            .mapTo(Boolean.class)
            .one();
    return isGone
        ? Optional.of(
            "its snapshot %d of %s lay on the branch %s, which was dropped unpublished"
                .formatted(version.snapshotId(), version.dataset(), version.branch()))
        : Optional.empty();
  }

  private Optional<String> version(RegisteredVersion version) {
    boolean isThere =
        handle
            .attach(Models.class)
            .version(version.model(), version.version())
            .filter(stored -> stored.output().equals(version))
            .isPresent();
    return isThere
        ? Optional.empty()
        : Optional.of(
            "version %d of %s is not registered with its artifact"
                .formatted(version.version(), version.model()));
  }

  /** Nobody who approved may be the one who asks. */
  private Optional<String> approval(ApprovedVersion approved, String taker) {
    return Stream.of(
            standing(handle, approved.approvalId()), ownVote(handle, approved.approvalId(), taker))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> standing(Handle handle, long id) {
    return handle
        .createQuery(
            """
            select case
                when revoked_at is not null
                then 'approval ' || id || ' was revoked by ' || revoked_by
                when state <> 'approved' then 'approval ' || id || ' is ' || state
              end
            from approval where id = :id
            """)
        .bind("id", id)
        .map((row, context) -> Optional.ofNullable(row.getString(1)))
        .findOne()
        .orElse(Optional.of("there is no approval " + id));
  }

  /** Whether whoever asks has opened the gate for himself. */
  static Optional<String> ownVote(Handle handle, long approvalId, String taker) {
    return handle
        .createQuery(
            """
            select person || ' gave approval ' || approval_id || ' and can''t ask under it'
            from decision
            where approval_id = :id and person = :taker and verdict = 'approve'
              and outcome = 'counted'
            """)
        .bind("id", approvalId)
        .bind("taker", taker)
        .mapTo(String.class)
        .findOne();
  }
}
