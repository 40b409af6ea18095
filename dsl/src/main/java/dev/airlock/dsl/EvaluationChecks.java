package dev.airlock.dsl;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.CostSpec;
import dev.airlock.dsl.graph.Work;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether what evidence shall show makes sense. */
final class EvaluationChecks {

  /** More columns than people look at. */
  static final int MOST_SEGMENTS = 5;

  private EvaluationChecks() {}

  static void check(Work.Evaluate evaluate, Findings findings) {
    checkSegments(evaluate.segments() == null ? List.of() : evaluate.segments(), findings);
    CostSpec cost = evaluate.cost();
    if (cost != null && !(isCost(cost.falsePositive()) && isCost(cost.falseNegative()))) {
      findings.add(
          "Errors cost %s and %s.".formatted(cost.falsePositive(), cost.falseNegative()),
          "Both cost more than 0, such as .cost(2, 40): 2 for a false yes, 40 for a missed one.");
    }
    if (cost != null && cost.unit() != null && cost.unit().isBlank()) {
      findings.add("The costs' unit is blank.", "Name one, such as \"EUR\", or leave it out.");
    }
    Double threshold = evaluate.threshold();
    if (threshold != null && !(threshold > 0 && threshold < 1)) {
      findings.add(
          "The threshold is %s.".formatted(threshold),
          "It is a probability between 0 and 1, both left out.");
    }
  }

  /** Only a yes or a no can be a false one. */
  static void checkFit(Work.Evaluate evaluate, Algorithm algorithm, Findings findings) {
    if (!algorithm.isClassifier() && (evaluate.cost() != null || evaluate.threshold() != null)) {
      findings.add(
          "%s predicts a number, which knows no false yes and no missed one.".formatted(algorithm),
          "Take .cost(…) and .threshold(…) away.");
    }
  }

  private static void checkSegments(List<String> columns, Findings findings) {
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      if (column.isBlank()) {
        findings.add("A segment names no column.", "Name one, such as .segments(\"country\").");
      } else if (!seen.add(column)) {
        findings.add("The segment '%s' is named twice.".formatted(column), "Name it once.");
      }
    }
    if (columns.size() > MOST_SEGMENTS) {
      findings.add(
          "There are segments by %d columns.".formatted(columns.size()),
          "Name at most %d: more than people look at.".formatted(MOST_SEGMENTS));
    }
  }

  private static boolean isCost(double cost) {
    return cost > 0 && Double.isFinite(cost);
  }
}
