package dev.airlock.dsl;

/** What a stage can come after. */
public sealed interface Predecessor permits Stage, StageGroup {

  /** Its name, unique among its like in the pipeline. */
  String name();
}
