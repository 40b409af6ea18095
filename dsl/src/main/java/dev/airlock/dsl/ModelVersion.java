package dev.airlock.dsl;

/** A version of a registered model. It takes an approval to deploy it. */
public interface ModelVersion {

  /** The model's name. */
  String model();

  /** From 1. */
  int version();

  /** The lower-case hexadecimal SHA-256 of the model's file. */
  String artifactDigest();
}
