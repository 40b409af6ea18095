package dev.airlock.dsl;

/** A version that takes traffic. */
public interface Deployment {

  ModelVersion version();
}
