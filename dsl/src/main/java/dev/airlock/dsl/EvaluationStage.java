package dev.airlock.dsl;

import dev.airlock.dsl.graph.CostSpec;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An evaluation, to which requirements can be added, and what its evidence shall show. */
public final class EvaluationStage extends Stage<Evaluation> {

  private final List<Requirement> requirements = new ArrayList<>();
  private final List<String> segments = new ArrayList<>();
  private @Nullable CostSpec cost;
  private @Nullable Double threshold;

  EvaluationStage(StageDraft draft, Split split, Metric choose) {
    super(draft);
    draft.finishBy(
        findings ->
            new Work.Evaluate(
                split.spec(findings), choose, requirements, segments, cost, threshold));
  }

  /** A bound that the chosen candidate must keep on the holdout, or the evaluation fails. */
  public EvaluationStage require(Requirement requirement) {
    requirements.add(requirement);
    return this;
  }

  /**
   * The columns by whose values the holdout is parted, so that people see whom the model serves
   * badly: a text, a date or a truth value by its values, a number by quarters. At most {@value
   * EvaluationChecks#MOST_SEGMENTS}. Where none is named, the two most important features are.
   */
  public EvaluationStage segments(String column, String... others) {
    segments.addAll(Stream.concat(Stream.of(column), Stream.of(others)).toList());
    return this;
  }

  /**
   * What errors cost, both above 0: a yes that should be a no, and a no that should be a yes.
   * Unless {@link #threshold} names another, an answer counts as yes from {@code falsePositive /
   * (falsePositive + falseNegative)} on, where it costs least.
   */
  public EvaluationStage cost(double falsePositive, double falseNegative) {
    cost = new CostSpec(falsePositive, falseNegative, null);
    return this;
  }

  /** As {@link #cost(double, double)}, in a unit such as EUR. */
  public EvaluationStage cost(double falsePositive, double falseNegative, String unit) {
    cost = new CostSpec(falsePositive, falseNegative, unit);
    return this;
  }

  /**
   * The probability from which on whoever asks the model takes its answer for a yes, between 0 and
   * 1. Evidence shows what is right and wrong at it.
   */
  public EvaluationStage threshold(double probability) {
    threshold = probability;
    return this;
  }
}
