package dev.airlock.dsl;

import dev.airlock.dsl.graph.Metric;

/** An evaluation that does not say yet what candidates are chosen by. */
public final class PendingEvaluation {

  private final StageDraft draft;
  private final Split split;

  PendingEvaluation(StageDraft draft, Split split) {
    this.draft = draft;
    this.split = split;
  }

  /** The candidate that is best by this metric on the validation snapshot is the chosen one. */
  public EvaluationStage choose(Metric metric) {
    return new EvaluationStage(draft, split, metric);
  }
}
