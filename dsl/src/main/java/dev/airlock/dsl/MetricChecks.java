package dev.airlock.dsl;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.Work;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Whether metrics fit what is predicted, and bounds fit the metrics. */
final class MetricChecks {

  private MetricChecks() {}

  static void check(Work.Evaluate evaluate, Algorithm algorithm, Findings findings) {
    checkFit(evaluate.choose(), algorithm, findings);
    for (Requirement requirement : evaluate.requirements()) {
      checkFit(requirement.metric(), algorithm, findings);
      checkBound(requirement, findings);
    }
  }

  static void check(Work.Monitor monitor, Algorithm algorithm, Findings findings) {
    for (RuleSpec rule : monitor.rules()) {
      if (rule.condition() instanceof Condition.OfMetric condition) {
        checkFit(condition.metric(), algorithm, findings);
      }
    }
  }

  private static void checkFit(Metric metric, Algorithm algorithm, Findings findings) {
    if (metric.isForClassifiers() != algorithm.isClassifier()) {
      findings.add(
          "%s does not fit %s, which predicts %s."
              .formatted(
                  metric, algorithm, algorithm.isClassifier() ? "a probability" : "a number"),
          "Use one of: %s.".formatted(fitting(algorithm)));
    }
  }

  private static String fitting(Algorithm algorithm) {
    return Arrays.stream(Metric.values())
        .filter(metric -> metric.isForClassifiers() == algorithm.isClassifier())
        .map(Metric::name)
        .collect(Collectors.joining(", "));
  }

  private static void checkBound(Requirement requirement, Findings findings) {
    Metric metric = requirement.metric();
    double bound = requirement.bound();
    String better = metric.isHigherBetter() ? "higher" : "lower";
    switch (requirement.comparison()) {
      case AT_LEAST, AT_MOST -> {
        if (!(bound >= least(metric) && bound <= most(metric))) {
          findings.add(
              "%s can't be %s.".formatted(metric, bound),
              "It lies between %s and %s.".formatted(least(metric), most(metric)));
        }
        if (metric.isHigherBetter()
            != (requirement.comparison() == Requirement.Comparison.AT_LEAST)) {
          findings.add(
              "It requires a bad model: %s is better when it is %s.".formatted(metric, better),
              metric.isHigherBetter() ? "Use .atLeast(…)." : "Use .atMost(…).");
        }
      }
      case NOT_ABOVE_CHAMPION_BY, NOT_BELOW_CHAMPION_BY -> {
        if (!(bound >= 0 && Double.isFinite(bound))) {
          findings.add("The margin to the champion is %s.".formatted(bound), "It is 0 or more.");
        }
        if (metric.isHigherBetter()
            == (requirement.comparison() == Requirement.Comparison.NOT_ABOVE_CHAMPION_BY)) {
          findings.add(
              "It forbids to be better than the champion: %s is better when it is %s."
                  .formatted(metric, better),
              metric.isHigherBetter()
                  ? "Use .notBelowChampionBy(…)."
                  : "Use .notAboveChampionBy(…).");
        }
      }
    }
  }

  private static double least(Metric metric) {
    return metric == Metric.BRIER_SKILL ? Double.NEGATIVE_INFINITY : 0;
  }

  private static double most(Metric metric) {
    return switch (metric) {
      case AUC, PR_AUC, BRIER, BRIER_SKILL -> 1;
      case LOG_LOSS, RMSE, MAE -> Double.MAX_VALUE;
    };
  }
}
