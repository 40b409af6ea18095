package dev.airlock.dsl;

/** A run of another pipeline, which this run has started. */
public interface ChildRun {

  /** Its number. */
  long id();

  /** Its pipeline. */
  String pipeline();
}
