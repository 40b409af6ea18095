package dev.airlock.dsl;

import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.Work;
import java.util.ArrayList;
import java.util.List;

/** An evaluation, to which requirements can be added. */
public final class EvaluationStage extends Stage<Evaluation> {

  private final List<Requirement> requirements = new ArrayList<>();

  EvaluationStage(StageDraft draft, Split split, Metric choose) {
    super(draft);
    draft.finishBy(findings -> new Work.Evaluate(split.spec(findings), choose, requirements));
  }

  /** A bound that the chosen candidate must keep on the holdout, or the evaluation fails. */
  public EvaluationStage require(Requirement requirement) {
    requirements.add(requirement);
    return this;
  }
}
