package dev.airlock.web;

import static dev.airlock.web.Scene.by;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Monitors.RuleState;
import dev.airlock.store.RuleVerdict;
import dev.airlock.workflows.StageTask;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model that is watched, and what its monitor has found. */
final class Watched {
  private static final Instant JANUARY = Instant.parse("1998-01-01T00:00:00Z");
  private static final Instant FEBRUARY = Instant.parse("1998-02-01T00:00:00Z");
  private static final Instant MARCH = Instant.parse("1998-03-01T00:00:00Z");

  private static final Instant JUNE = Instant.parse("1998-06-30T00:00:00Z");

  private final WebFixture web;
  private final long monitor;

  /** What a monitor that is there already has found. */
  Watched(WebFixture web, long monitor) {
    this.web = web;
    this.monitor = monitor;
  }

  /** A monitor that has seen two months: the first calm, the second moved and worse. */
  static long play(WebFixture web, String model) {
    Scene.Play play = web.scene.play(web.scene.request(model));
    Work.Monitor spec =
        new Work.Monitor(
            Setting.of("PT6H"),
            Period.ofMonths(1),
            500,
            List.of(
                new RuleSpec(Signal.PSI.atLeast(0.2), 1, null, Consequence.OPEN_TICKET, null),
                new RuleSpec(
                    new Condition.OfMetric(Metric.BRIER_SKILL, Comparison.AT_MOST, 0.05),
                    2,
                    0.08,
                    Consequence.RETRAIN,
                    Setting.of("PT720H"))));
    StageTask task = play.task("go-live", Map.of());
    long monitor = web.store.monitors().install(task, model, spec, Duration.ofHours(6));
    Watched watched = new Watched(web, monitor);
    long check = watched.check();
    watched.drift(check, JANUARY, FEBRUARY, true, 0.004, 0.151);
    watched.drift(check, FEBRUARY, MARCH, true, 2.614, 0.012);
    watched.keep(
        check,
        JANUARY,
        FEBRUARY,
        "performance",
        true,
        Map.of("brier_skill", 0.06, "predicted_over_observed", 1.04, "auc", 0.771, "brier", 0.1003),
        "{\"labelled\": 23000, \"unlabelled\": 570, \"intervals\": {\"auc\": [0.762, 0.78]}}");
    watched.keep(
        check,
        JANUARY,
        FEBRUARY,
        "service",
        true,
        Map.of("error_rate", 0.0123, "p99_millis", 4.06),
        "{\"requests\": 23570, \"errors\": 290}");
    watched.conclude(
        check,
        model,
        watched.verdict(
            new RuleState(0, 1, 1, FEBRUARY, JUNE),
            new RuleVerdict.Firing(
                Consequence.OPEN_TICKET, "PSI of log_recency is 2.614", Map.of("psi", 2.614))),
        watched.verdict(
            new RuleState(1, 1, 2, FEBRUARY, JUNE),
            new RuleVerdict.Firing(
                Consequence.RETRAIN,
                "Brier skill is 0.031 in two windows",
                Map.of("brier_skill", 0.031))));
    return monitor;
  }

  /** Asks for a look at what was known at the end of June. */
  long check() {
    return web.store.monitors().requestCheck(monitor, JUNE, by("engineer"));
  }

  /** Of the rule that the state is of. */
  RuleVerdict verdict(RuleState after, RuleVerdict.@Nullable Firing firing) {
    return new RuleVerdict(
        after, "monitor/%d/rule/%d".formatted(monitor, after.rule()), firing, null);
  }

  void conclude(long check, String model, RuleVerdict... verdicts) {
    web.store.monitors().noteState(check, "measured");
    web.store.monitors().conclude(check, web.store.monitors().memories(model), List.of(verdicts));
  }

  void drift(
      long check,
      Instant opens,
      Instant closes,
      boolean sufficient,
      double recency,
      double frequency) {
    String shift =
        "{\"psi\": %s, \"bins\": 10, \"epsilon\": 0.0001, \"ks\": 0.4, \"jensenShannon\": 0.3, \"rows\": 23570, \"noise\": 0.002}";
    keep(
        check,
        opens,
        closes,
        "drift",
        sufficient,
        Map.of("psi", Math.max(recency, frequency), "score_shift", 0.05, "predictions", 23570.0),
        "{\"features\": {\"log_frequency\": %s, \"log_recency\": %s}, \"score\": %s}"
            .formatted(
                shift.formatted(frequency), shift.formatted(recency), shift.formatted(0.05)));
  }

  private void keep(
      long check,
      Instant opens,
      Instant closes,
      String aspect,
      boolean sufficient,
      Map<String, Double> figures,
      String detail) {
    web.store
        .monitors()
        .keep(
            new MonitorWindow(
                monitor,
                1,
                opens,
                closes,
                aspect,
                sufficient,
                sufficient ? 23_570 : 12,
                figures,
                detail,
                check,
                Instant.now()));
  }
}
