package dev.airlock.spark;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which version of a model customers meet. */
public interface Champions {

  /** The live version of this model; empty where none is live, or no such model is known. */
  Optional<LiveModel> live(String model);

  /**
   * A version that is live.
   *
   * @param artifactDigest its scoring model in the artifact store
   * @param evidenceDigest what it was judged by, in the artifact store; null where that is not
   *     known
   */
  record LiveModel(int version, String artifactDigest, @Nullable String evidenceDigest) {}
}
