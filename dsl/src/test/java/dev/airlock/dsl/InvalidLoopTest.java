package dev.airlock.dsl;

import static dev.airlock.dsl.Canary.weight;
import static dev.airlock.dsl.Conditions.allOf;
import static dev.airlock.dsl.Shop.assertProblem;
import static dev.airlock.dsl.Signals.AGE_DAYS;
import static dev.airlock.dsl.Signals.ERROR_RATE;
import static dev.airlock.dsl.Signals.JENSEN_SHANNON;
import static dev.airlock.dsl.Signals.KS;
import static dev.airlock.dsl.Signals.P99_MILLIS;
import static dev.airlock.dsl.Signals.PREDICTED_OVER_OBSERVED;
import static dev.airlock.dsl.Signals.PREDICTIONS;
import static dev.airlock.dsl.Signals.PSI;
import static dev.airlock.dsl.Signals.SCORE_SHIFT;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.Signal;
import java.time.Duration;
import java.time.Period;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is said of canaries that lead nowhere, and of rules that draw wrong conclusions. */
class InvalidLoopTest {

  private static final Cooldown PAUSE = Cooldown.of(ofDays(30));

  @Test
  void shouldReportStepsThatDoNotRiseToAll() {
    assertSteps("no steps", ".steps(");
    assertSteps("25 comes after 25", "rise", held(25), held(25), weight(100));
    assertSteps("5 comes after 25", "rise", held(25), held(5), weight(100));
    assertSteps("weight 0", "1 to 100", held(0), weight(100));
    assertSteps("weight 101", "1 to 100", held(5), weight(101));
    assertSteps("last step has the weight 50", "weight(100)", held(5), weight(50));
  }

  @Test
  void shouldReportACanaryThatMovesEverythingUnseen() {
    assertSteps("one step, so nothing would be seen", "Start lower", weight(100));
  }

  @Test
  void shouldReportHoldsInWhichNothingCouldBeSeen() {
    assertSteps("at weight 5 has no hold", "weight(5).hold(", weight(5), weight(100));
    assertSteps("last step has a hold", "weight(100) alone", held(5), held(100));
    assertSteps("PT0.1S", "between PT1S", weight(5).hold(ofMillis(100)), weight(100));
    assertSteps("PT2184H", "PT2160H", weight(5).hold(ofDays(91)), weight(100));
    assertSteps(
        "PT-1S",
        "between PT1S",
        weight(5).hold(Param.duration("hold").orElse(Duration.ofSeconds(-1))),
        weight(100));
  }

  @Test
  void shouldTakeAHoldThatEveryRunMustGive() {
    Shop.build(
        pipeline ->
            pipeline
                .canary("live", Shop.approved(pipeline))
                .steps(weight(5).hold(Param.duration("hold")), weight(100))
                .promoteWhile(allOf(ERROR_RATE.atMost(0.01)))
                .orRollBack());
  }

  @Test
  void shouldReportCanariesThatPromoteWhateverHappens() {
    assertProblem(
        "stage 'live'",
        "promote whatever happens",
        ".promoteWhile(",
        pipeline ->
            pipeline
                .canary("live", Shop.approved(pipeline))
                .steps(held(5), weight(100))
                .orRollBack());
    assertConditions("promote whatever happens", ".promoteWhile(");
    assertConditions("promotes a bad version", ".atMost(", ERROR_RATE.atLeast(0.01));
    assertConditions("ERROR_RATE can't be 1.5", "between 0.0 and 1.0", ERROR_RATE.atMost(1.5));
    assertConditions("P99_MILLIS can't be NaN", "between", P99_MILLIS.atMost(Double.NaN));
  }

  @Test
  void shouldRefuseConditionsThatAHoldCannotAnswer() {
    for (Signal signal :
        List.of(PSI, KS, JENSEN_SHANNON, PREDICTED_OVER_OBSERVED, PREDICTIONS, AGE_DAYS)) {
      assertConditions(signal + " can't be known within a hold", "SCORE_SHIFT", signal.atMost(0.1));
    }
    assertConditions(
        "AUC can't be known",
        "monitor",
        new Condition.OfMetric(Metric.AUC, Comparison.AT_LEAST, 0.7));
  }

  @Test
  void shouldReportCanariesLeftUnfinished() {
    assertProblem(
        "stage 'live'",
        "what happens when its analysis fails",
        ".orRollBack()",
        pipeline ->
            pipeline
                .canary("live", Shop.approved(pipeline))
                .steps(held(5), weight(100))
                .promoteWhile(allOf(ERROR_RATE.atMost(0.01))));
  }

  @Test
  void shouldRefuseToTimeACanaryOut() {
    assertProblem(
        "stage 'live'",
        "waits through its holds",
        "away",
        pipeline ->
            pipeline
                .canary("live", Shop.approved(pipeline))
                .steps(held(5), weight(100))
                .promoteWhile(allOf(ERROR_RATE.atMost(0.01)))
                .orRollBack()
                .timeout(ofHours(1)));
  }

  @Test
  void shouldReportMonitorsThatCannotLook() {
    assertProblem(
        "stage 'watch'",
        "how often it looks",
        ".every(",
        pipeline -> pipeline.monitor("watch", Shop.live(pipeline)).minimum(10));
    assertMonitor("two looks is PT0S", "between PT1S", monitor -> monitor.every(Duration.ZERO));
    assertMonitor("window is P0D", "months or days", monitor -> monitor.window(Period.ZERO));
    assertMonitor(
        "window is P1M1D", "months or days", monitor -> monitor.window(Period.of(0, 1, 1)));
    assertMonitor("window is P-7D", "months or days", monitor -> monitor.window(Period.ofDays(-7)));
    assertMonitor("rows of a window are 0", ".minimum(500)", monitor -> monitor.minimum(0));
  }

  @Test
  void shouldReportEveryRuleLeftUnfinished() {
    List<Problem> problems =
        Shop.problems(
            pipeline -> {
              MonitorStage monitor =
                  pipeline.monitor("watch", Shop.live(pipeline)).every(ofHours(6));
              monitor.when(PSI.atLeast(0.2));
              monitor.when(ERROR_RATE.atLeast(0.05)).rollBack();
              monitor.when(Metrics.AUC.atMost(0.6)).lasting(2);
            });

    assertEquals(
        List.of(
            "The rule on PSI does not say what it leads to.",
            "The rule on AUC does not say what it leads to."),
        problems.stream().map(Problem::what).toList());
  }

  @Test
  void shouldLetDriftOpenTicketsOnly() {
    for (Signal drift : List.of(PSI, KS, JENSEN_SHANNON, SCORE_SHIFT)) {
      assertMonitor(
          drift + " can't retrain: drift is news, outcomes are reasons",
          ".openTicket()",
          monitor -> monitor.when(drift.atLeast(0.2)).retrain(PAUSE));
      assertMonitor(
          drift + " can't roll back",
          ".openTicket()",
          monitor -> monitor.when(drift.atLeast(0.2)).rollBack());
    }
  }

  @Test
  void shouldRollBackOnlyForWhatAnOlderVersionWouldDoBetter() {
    assertMonitor(
        "PREDICTIONS can't roll back",
        ".retrain(",
        monitor -> monitor.when(PREDICTIONS.atMost(10)).rollBack());
    assertMonitor(
        "AGE_DAYS can't roll back",
        ".retrain(",
        monitor -> monitor.when(AGE_DAYS.atLeast(180)).rollBack());
  }

  @Test
  void shouldLetOutcomesServiceVolumeAndAgeRetrain() {
    Shop.build(
        pipeline ->
            pipeline
                .monitor("watch", Shop.live(pipeline))
                .every(ofHours(6))
                .when(PREDICTED_OVER_OBSERVED.atLeast(1.5))
                .retrain(PAUSE)
                .when(PREDICTED_OVER_OBSERVED.atMost(0.5))
                .retrain(PAUSE)
                .when(P99_MILLIS.atLeast(50))
                .retrain(PAUSE)
                .when(PREDICTIONS.atMost(100))
                .retrain(PAUSE)
                .when(AGE_DAYS.atLeast(180))
                .retrain(PAUSE)
                .when(Metrics.BRIER_SKILL.atMost(-0.1))
                .rollBack());
  }

  @Test
  void shouldReportRulesThatFireWhileAllIsWell() {
    assertMonitor(
        "PSI fires while all is well",
        ".atLeast(",
        monitor -> monitor.when(PSI.atMost(0.2)).openTicket());
    assertMonitor(
        "AUC fires while all is well",
        ".atMost(",
        monitor -> monitor.when(Metrics.AUC.atLeast(0.7)).openTicket());
  }

  @Test
  void shouldReportRulesThatCouldNeverFire() {
    assertMonitor(
        "No monitor measures PR_AUC",
        "AUC, BRIER",
        monitor -> monitor.when(Metrics.PR_AUC.atMost(0.2)).openTicket());
    assertMonitor("KS can't be 2.0", "1.0", monitor -> monitor.when(KS.atLeast(2)).openTicket());
    assertMonitor(
        "can't compare LOG_LOSS with the champion",
        "of its own",
        monitor -> monitor.when(Metrics.LOG_LOSS.notAboveChampionBy(0.1)).openTicket());
    assertProblem(
        "stage 'watch'",
        "BRIER does not fit REGRESSION_TREES",
        "RMSE",
        pipeline ->
            pipeline
                .monitor("watch", number(pipeline))
                .every(ofHours(6))
                .when(Metrics.BRIER.atLeast(0.2))
                .openTicket());
  }

  @Test
  void shouldReportPersistenceRecoveryAndCooldownThatMakeNoSense() {
    assertMonitor(
        "lasts 0 windows",
        ".lasting(1)",
        monitor -> monitor.when(PSI.atLeast(0.2)).lasting(0).openTicket());
    assertMonitor(
        "AGE_DAYS belongs to no window",
        ".lasting(",
        monitor -> monitor.when(AGE_DAYS.atLeast(180)).lasting(2).retrain(PAUSE));
    assertMonitor(
        "over at 0.3, while it still holds",
        "good side of 0.2",
        monitor -> monitor.when(PSI.atLeast(0.2)).recoveringAt(0.3).openTicket());
    assertMonitor(
        "over at 0.04, while it still holds",
        "good side of 0.05",
        monitor ->
            monitor.when(Metrics.BRIER_SKILL.atMost(0.05)).recoveringAt(0.04).retrain(PAUSE));
    assertMonitor(
        "KS can't be -1.0",
        "between",
        monitor -> monitor.when(KS.atLeast(0.2)).recoveringAt(-1).openTicket());
    assertMonitor(
        "cooldown is PT0S",
        "between PT1S",
        monitor -> monitor.when(AGE_DAYS.atLeast(1)).retrain(Cooldown.of(Duration.ZERO)));
  }

  private static Canary.Step held(int percent) {
    return weight(percent).hold(ofMinutes(30));
  }

  private static Stage<Deployment> number(PipelineBuilder pipeline) {
    Stage<Candidate> trees =
        pipeline.train(
            "trees",
            Shop.features(pipeline),
            Shop.SPLIT,
            Trainer.regressionTrees().label("amount"));
    Stage<Evaluation> judged = pipeline.evaluate("judge", Shop.SPLIT, trees).choose(Metrics.RMSE);
    Stage<Approved<ModelVersion>> approved =
        pipeline
            .approval("promote", pipeline.register("register", judged))
            .by("ml-leads")
            .within(ofDays(3))
            .orReject();
    return pipeline.deploy("live", approved).blueGreen();
  }

  private static void assertSteps(String what, String suggestion, Canary.Step... steps) {
    assertProblem(
        "stage 'live'",
        what,
        suggestion,
        pipeline ->
            pipeline
                .canary("live", Shop.approved(pipeline))
                .steps(steps)
                .promoteWhile(allOf(ERROR_RATE.atMost(0.01)))
                .orRollBack());
  }

  private static void assertConditions(String what, String suggestion, Condition... conditions) {
    assertProblem(
        "stage 'live'",
        what,
        suggestion,
        pipeline ->
            pipeline
                .canary("live", Shop.approved(pipeline))
                .steps(held(5), weight(100))
                .promoteWhile(allOf(conditions))
                .orRollBack());
  }

  private static void assertMonitor(
      String what, String suggestion, Consumer<MonitorStage> definition) {
    assertProblem(
        "stage 'watch'",
        what,
        suggestion,
        pipeline ->
            definition.accept(pipeline.monitor("watch", Shop.live(pipeline)).every(ofHours(6))));
  }
}
