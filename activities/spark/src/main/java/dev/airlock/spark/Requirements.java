package dev.airlock.spark;

import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.workflows.Evidence.RequirementCheck;
import dev.airlock.workflows.StageFailure;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds the chosen candidate's figures against the bounds that it must keep. */
final class Requirements {

  private static final MathContext FOUR_DIGITS = new MathContext(4);

  private Requirements() {}

  /**
   * Checks each requirement.
   *
   * @param champion the live version's figures on the same rows, or null where nothing is live
   */
  static List<RequirementCheck> check(
      List<Requirement> requirements, Figures candidate, @Nullable Figures champion) {
    return requirements.stream()
        .map(requirement -> check(requirement, candidate, champion))
        .toList();
  }

  /**
   * Fails unless all hold.
   *
   * @param evidenceDigest what an engineer can look at then
   * @throws io.temporal.failure.ApplicationFailure requirement not met, naming metric, figure and
   *     bound
   */
  static void require(List<RequirementCheck> checks, LocalDate judgedOn, String evidenceDigest) {
    List<String> broken =
        checks.stream()
            .filter(check -> !check.holds())
            .map(check -> sentence(check, judgedOn))
            .toList();
    if (!broken.isEmpty()) {
      throw StageFailure.of(
          StageFailure.REQUIREMENT_NOT_MET,
          String.join(" ", broken) + " The evidence is the artifact " + evidenceDigest + ".",
          broken);
    }
  }

  private static RequirementCheck check(
      Requirement requirement, Figures candidate, @Nullable Figures champion) {
    double figure = candidate.figure(requirement.metric());
    Double bound = bound(requirement, champion);
    boolean holds =
        bound == null || (isUpper(requirement.comparison()) ? figure <= bound : figure >= bound);
    return new RequirementCheck(requirement, figure, bound, holds);
  }

  private static @Nullable Double bound(Requirement requirement, @Nullable Figures champion) {
    return switch (requirement.comparison()) {
      case AT_LEAST, AT_MOST -> requirement.bound();
      case NOT_ABOVE_CHAMPION_BY ->
          champion == null
              ? null
              : Double.valueOf(champion.figure(requirement.metric()) + requirement.bound());
      case NOT_BELOW_CHAMPION_BY ->
          champion == null
              ? null
              : Double.valueOf(champion.figure(requirement.metric()) - requirement.bound());
    };
  }

  private static boolean isUpper(Comparison comparison) {
    return comparison == Comparison.AT_MOST || comparison == Comparison.NOT_ABOVE_CHAMPION_BY;
  }

  private static String sentence(RequirementCheck check, LocalDate judgedOn) {
    Comparison comparison = check.requirement().comparison();
    boolean relative =
        comparison == Comparison.NOT_ABOVE_CHAMPION_BY
            || comparison == Comparison.NOT_BELOW_CHAMPION_BY;
    return "%s on %s: expected at %s %s%s, found %s."
        .formatted(
            Figures.name(check.requirement().metric()),
            judgedOn,
            isUpper(comparison) ? "most" : "least",
            check.bound() == null ? "" : shown(check.bound()),
            relative ? ", which the live version's figure allows" : "",
            shown(check.figure()));
  }

  private static String shown(double figure) {
    return Double.isFinite(figure)
        ? new BigDecimal(figure).round(FOUR_DIGITS).stripTrailingZeros().toPlainString()
        : Double.toString(figure);
  }
}
