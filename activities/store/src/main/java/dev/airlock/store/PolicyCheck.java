package dev.airlock.store;

import dev.airlock.dsl.graph.Requirement;
import dev.airlock.workflows.Evidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The figures of evidence, held against a policy's bounds.
 *
 * @param isInside whether every bound holds; data that is too little, and a figure that is missing,
 *     are never inside
 * @param because each bound with the figure that it was held against; or, where they are not all
 *     inside, only what speaks against it
 */
record PolicyCheck(boolean isInside, String because) {

  static PolicyCheck of(ApprovalPolicy policy, Evidence evidence) {
    List<String> kept = new ArrayList<>();
    List<String> broken = new ArrayList<>();
    String rows =
        "judged on %d rows, at least %d are asked for"
            .formatted(evidence.holdoutRows(), policy.minimumRows());
    (evidence.holdoutRows() >= policy.minimumRows() ? kept : broken).add(rows);
    evidence.requirements().stream()
        .filter(check -> !check.holds())
        .forEach(
            check ->
                broken.add(
                    "the pipeline's own bound of %s is broken"
                        .formatted(name(check.requirement()))));
    for (Requirement bound : policy.bounds()) {
      Finding finding = hold(bound, evidence);
      (finding.holds() ? kept : broken).add(finding.text());
    }
    boolean isInside = broken.isEmpty() && !policy.bounds().isEmpty();
    return new PolicyCheck(isInside, String.join("; ", isInside ? kept : broken));
  }

  private record Finding(boolean holds, String text) {}

  private static Finding hold(Requirement bound, Evidence evidence) {
    String name = name(bound);
    Double figure = figure(evidence.metrics(), name);
    if (figure == null) {
      return new Finding(false, name + " is not in the evidence");
    }
    Evidence.Champion champion = evidence.champion();
    Double live = champion == null ? null : figure(champion.metrics(), name);
    return switch (bound.comparison()) {
      case AT_LEAST ->
          finding(figure >= bound.bound(), "%s is %s, at least %s", name, figure, bound.bound());
      case AT_MOST ->
          finding(figure <= bound.bound(), "%s is %s, at most %s", name, figure, bound.bound());
      case NOT_BELOW_CHAMPION_BY ->
          live == null
              ? new Finding(false, "there is no " + name + " of a champion to compare with")
              : finding(
                  figure >= live - bound.bound(),
                  "%s is %s, at least the champion's less the margin, %s",
                  name,
                  figure,
                  live - bound.bound());
      case NOT_ABOVE_CHAMPION_BY ->
          live == null
              ? new Finding(false, "there is no " + name + " of a champion to compare with")
              : finding(
                  figure <= live + bound.bound(),
                  "%s is %s, at most the champion's and the margin, %s",
                  name,
                  figure,
                  live + bound.bound());
    };
  }

  private static Finding finding(
      boolean holds, String template, String name, double figure, double limit) {
    String wanted = template.formatted(name, shortly(figure), shortly(limit));
    return new Finding(holds, holds ? wanted : wanted.replace(", at", ", which is not at"));
  }

  private static String shortly(double figure) {
    return String.format(Locale.ROOT, "%.4g", figure);
  }

  private static @Nullable Double figure(SortedMap<String, Double> metrics, String name) {
    Double figure = metrics.get(name);
    return figure == null || !Double.isFinite(figure) ? null : figure;
  }

  private static String name(Requirement bound) {
    return bound.metric().name().toLowerCase(Locale.ROOT);
  }
}
