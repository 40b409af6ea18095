package dev.airlock.store;

import dev.airlock.dsl.graph.CanarySpec;
import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RolloutPlan;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way that a command asks for, as {@code model_command.canary} holds it.
 *
 * @param promoteWhile what must hold at each step; none where a person watches alone
 */
record CanaryPlan(List<RolloutPlan.Step> steps, List<Condition> promoteWhile) {

  private static final Duration SHORTEST_HOLD = Duration.ofSeconds(1);
  private static final Duration LONGEST_HOLD = Duration.ofDays(90);

  CanaryPlan(@Nullable List<RolloutPlan.Step> steps, @Nullable List<Condition> promoteWhile) {
    this.steps = steps == null ? List.of() : List.copyOf(steps);
    this.promoteWhile = promoteWhile == null ? List.of() : List.copyOf(promoteWhile);
  }

  /**
   * Holds every canary of a pipeline against the params of a wished run: whoever asks for it is to
   * hear of a hold that can't be, not those who have approved it days later.
   *
   * @throws InvalidParamsException with everything that is wrong
   */
  static void check(Graph graph, Map<String, String> params) {
    List<String> problems = new ArrayList<>();
    for (StageSpec stage : graph.stages()) {
      if (stage.work() instanceof Work.Deploy deploy && deploy.canary() != null) {
        try {
          of(deploy.canary(), params);
        } catch (InvalidParamsException e) {
          e.problems().forEach(problem -> problems.add("Stage '" + stage.name() + "': " + problem));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidParamsException(problems);
    }
  }

  /**
   * A pipeline's canary in one run.
   *
   * @throws InvalidParamsException where it can't be gone with the run's params
   */
  static CanaryPlan of(CanarySpec spec, Map<String, String> params) {
    List<RolloutPlan.Step> steps = new ArrayList<>();
    for (CanarySpec.Step step : spec.steps()) {
      String hold = step.hold() == null ? null : step.hold().in(params);
      steps.add(new RolloutPlan.Step(step.weight(), hold == null ? null : duration(hold)));
    }
    return new CanaryPlan(steps, spec.promoteWhile()).verified();
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new InvalidParamsException(
          List.of("A canary's hold is '%s'; expected a duration such as PT30M.".formatted(text)));
    }
  }

  /**
   * What somebody has written.
   *
   * @throws InvalidParamsException with everything that is wrong with it
   */
  static CanaryPlan read(String json) {
    try {
      return Json.read(json, CanaryPlan.class).verified();
    } catch (IllegalArgumentException e) {
      throw new InvalidParamsException(List.of("The canary can't be read: " + e.getMessage()));
    }
  }

  private CanaryPlan verified() {
    List<String> problems = problems();
    if (!problems.isEmpty()) {
      throw new InvalidParamsException(problems);
    }
    return this;
  }

  private List<String> problems() {
    if (steps.isEmpty()) {
      return List.of("A canary has at least one step; the last has the weight 100.");
    }
    List<String> problems = new ArrayList<>();
    if (steps.size() == 1) {
      problems.add(
          "The canary has one step, so nothing would be seen before all traffic moves: start lower.");
    }
    int before = 0;
    for (int step = 0; step < steps.size(); step++) {
      RolloutPlan.Step planned = steps.get(step);
      boolean isLast = step == steps.size() - 1;
      if (planned.weight() <= before || planned.weight() > 100) {
        problems.add(
            "Step %d of the canary has the weight %d; expected more than %d and at most 100."
                .formatted(step + 1, planned.weight(), before));
      }
      if (isLast && (planned.weight() != 100 || planned.hold() != null)) {
        problems.add("The last step of a canary has the weight 100 and no hold.");
      }
      if (!isLast && !isPossible(planned.hold())) {
        problems.add(
            "Step %d of the canary %s; expected a hold from 1 s to 90 days."
                .formatted(
                    step + 1,
                    planned.hold() == null ? "has no hold" : "is held for " + planned.hold()));
      }
      before = planned.weight();
    }
    return problems;
  }

  private static boolean isPossible(@Nullable Duration hold) {
    return hold != null && hold.compareTo(SHORTEST_HOLD) >= 0 && hold.compareTo(LONGEST_HOLD) <= 0;
  }
}
