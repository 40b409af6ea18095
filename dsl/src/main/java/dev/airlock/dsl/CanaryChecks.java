package dev.airlock.dsl;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Signal;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Whether a canary's steps lead somewhere, and its conditions can be known on the way. */
final class CanaryChecks {

  private static final Duration LONGEST_HOLD = Duration.ofDays(90);
  private static final int ALL = 100;

  private static final Set<Signal> KNOWN_WITHIN_A_HOLD =
      EnumSet.of(Signal.ERROR_RATE, Signal.P99_MILLIS, Signal.SCORE_SHIFT);

  private CanaryChecks() {}

  static void check(List<Canary.Step> steps, List<Condition> conditions, Findings findings) {
    if (steps.isEmpty()) {
      findings.add(
          "The canary has no steps.",
          "Give it some: .steps(weight(5).hold(ofMinutes(30)), weight(100)).");
    } else {
      checkNumber(steps, findings);
      checkWeights(steps, findings);
      checkHolds(steps, findings);
    }
    if (conditions.isEmpty()) {
      findings.add(
          "The canary would promote whatever happens.",
          "Say what must hold: .promoteWhile(allOf(ERROR_RATE.atMost(0.01))).");
    }
    conditions.forEach(condition -> check(condition, findings));
  }

  private static void checkNumber(List<Canary.Step> steps, Findings findings) {
    if (steps.size() == 1) {
      findings.add(
          "The canary has one step, so nothing would be seen before all traffic moves.",
          "Start lower, weight(5).hold(ofMinutes(30)), or use deploy(…).blueGreen().");
    }
  }

  private static void checkWeights(List<Canary.Step> steps, Findings findings) {
    int before = 0;
    for (Canary.Step step : steps) {
      if (step.weight() < 1 || step.weight() > ALL) {
        findings.add(
            "A step has the weight %d.".formatted(step.weight()),
            "Weights are percents, from 1 to 100.");
      } else if (step.weight() <= before) {
        findings.add(
            "The weight %d comes after %d.".formatted(step.weight(), before),
            "Let the weights rise from step to step.");
      }
      before = Math.min(step.weight(), ALL);
    }
    if (before != ALL) {
      findings.add(
          "The last step has the weight %d, so the version would never take over."
              .formatted(before),
          "End with weight(100).");
    }
  }

  private static void checkHolds(List<Canary.Step> steps, Findings findings) {
    for (Canary.Step step : steps.subList(0, steps.size() - 1)) {
      if (step.hold().isEmpty()) {
        findings.add(
            "The step at weight %d has no hold, so nothing could be seen of it."
                .formatted(step.weight()),
            "Give it time: weight(%d).hold(ofMinutes(30)).".formatted(step.weight()));
      }
      step.hold()
          .ifPresent(
              hold ->
                  hold.check(
                      "The hold at weight %d".formatted(step.weight()), LONGEST_HOLD, findings));
    }
    if (steps.get(steps.size() - 1).hold().isPresent()) {
      findings.add(
          "The last step has a hold, but with it the version is live and the rollout over.",
          "End with weight(100) alone; a monitor watches from there on.");
    }
  }

  private static void check(Condition condition, Findings findings) {
    if (!(condition instanceof Condition.OfSignal known)
        || !KNOWN_WITHIN_A_HOLD.contains(known.signal())) {
      findings.add(
          "%s can't be known within a hold.".formatted(ConditionChecks.name(condition)),
          "Use ERROR_RATE, P99_MILLIS or SCORE_SHIFT; leave the rest to a monitor.");
      return;
    }
    ConditionChecks.checkBound(condition, findings);
    if (condition.comparison() != ConditionChecks.good(known.signal())) {
      findings.add(
          "It promotes a bad version: %s is better when it is lower.".formatted(known.signal()),
          "Use .atMost(…).");
    }
  }
}
