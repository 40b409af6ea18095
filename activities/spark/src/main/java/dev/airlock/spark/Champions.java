package dev.airlock.spark;

import java.util.Optional;

/** Which version of a model customers meet. */
public interface Champions {

  /** The live version of this model; empty where none is live, or no such model is known. */
  Optional<LiveModel> live(String model);

  /**
   * A version that is live.
   *
   * @param artifactDigest its scoring model in the artifact store
   */
  record LiveModel(int version, String artifactDigest) {}
}
