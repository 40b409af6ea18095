package dev.airlock.store;

import dev.airlock.workflows.StageOutput;
import java.time.Instant;
import org.jdbi.v3.json.Json;

/**
 * A version of a model, from 1.
 *
 * @param judgement the candidate that it is, and how it did
 */
public record ModelVersion(
    String model,
    int version,
    String artifactDigest,
    String evidenceDigest,
    long runId,
    String stage,
    @Json StageOutput.Judgement judgement,
    Instant createdAt) {

  /** As a stage hands it on. */
  public StageOutput.RegisteredVersion output() {
    return new StageOutput.RegisteredVersion(model, version, artifactDigest, evidenceDigest);
  }
}
