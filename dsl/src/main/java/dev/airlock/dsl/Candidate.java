package dev.airlock.dsl;

import dev.airlock.dsl.graph.Algorithm;

/** A trained model that nobody has judged yet. */
public interface Candidate {

  Algorithm algorithm();

  /** The lower-case hexadecimal SHA-256 of the model's file. */
  String artifactDigest();
}
