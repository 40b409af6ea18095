package dev.airlock.monitoring;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.ModelVersion;
import dev.airlock.store.Models;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.Profile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** What is known of versions from when they were judged. */
final class Versions {
  private final Models models;
  private final ArtifactStore artifacts;

  Versions(Models models, ArtifactStore artifacts) {
    this.models = models;
    this.artifacts = artifacts;
  }

  /**
   * A version as it was judged.
   *
   * @param profile null of a version of an older release
   */
  record Judged(Evidence evidence, @Nullable Profile profile) {

    /** Whether its scores are probabilities. */
    boolean classifies() {
      return !evidence.metrics().containsKey("rmse");
    }

    /** From a prediction to its outcome. */
    Duration horizon() {
      return Duration.ofDays(evidence.embargoDays());
    }

    /** Whole days from the newest snapshot that it has been judged on. */
    long ageDays(Instant asOf) {
      Instant judgedOn = evidence.judgedOn().atStartOfDay(ZoneOffset.UTC).toInstant();
      return Duration.between(judgedOn, asOf).toDays();
    }
  }

  Judged judged(String model, int version) {
    ModelVersion row =
        models
            .version(model, version)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "Version %d of %s is not registered".formatted(version, model)));
    Evidence evidence = read(row.evidenceDigest(), Evidence.class);
    String digest = evidence.profileDigest();
    return new Judged(evidence, digest == null ? null : read(digest, Profile.class));
  }

  private <T> T read(String digest, Class<T> type) {
    return Json.read(new String(artifacts.get(digest), StandardCharsets.UTF_8), type);
  }
}
