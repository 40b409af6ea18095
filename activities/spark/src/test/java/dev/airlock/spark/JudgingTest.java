package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SplitSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.scoring.LinearRegression;
import dev.airlock.scoring.LogisticRegression;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.scoring.Task;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Evidence.Difference;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.Profile;
import dev.airlock.workflows.Profile.Distribution;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.Judgement;
import dev.airlock.workflows.StageOutput.TrainedCandidate;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

final class JudgingTest {

  private static final SplitSpec SPLIT = new SplitSpec("as_of", Setting.of(90));

  /**
   * Month ends from April to September. {@code early} knows the answer until June and its opposite
   * in September, {@code late} the other way round, {@code steady} mostly, always.
   */
  private static final String ROWS =
      """
      WITH r AS (
        SELECT id, last_day(add_months(DATE '1997-04-01', CAST(id % 6 AS INT))) AS as_of,
               CAST(id DIV 6 % 3 = 0 AS INT) AS yes
        FROM range(600)
      )
      SELECT as_of, yes AS label,
             CAST(IF(as_of <= DATE '1997-06-30', yes, 1 - yes) AS DOUBLE) AS early,
             CAST(IF(as_of <= DATE '1997-06-30', 1 - yes, yes) AS DOUBLE) AS late,
             CAST(IF(id % 5 = 0, 1 - yes, yes) AS DOUBLE) AS steady
      FROM r
      """;

  private final World world = new World("judging");
  private final DatasetVersion rows =
      world.datasets.transform(
          world.task(World.newRun(), World.stage("rows", new Work.Transform(ROWS)), Map.of()));

  @Test
  void shouldChooseOnTheValidationSnapshotAloneAndJudgeOnTheHoldout() {
    Judgement judgement = judge(List.of(), candidate("late", "late"), candidate("early", "early"));

    assertEquals("early", judgement.chosen().stage(), "late is better, but on the holdout only");
    assertEquals(LocalDate.of(1997, 6, 30), judgement.chosenOn());
    assertEquals(LocalDate.of(1997, 9, 30), judgement.judgedOn());
    assertEquals(0.0, judgement.metrics().get("auc"), "on the holdout it is always wrong");
    Evidence evidence = evidence(judgement.evidenceDigest());
    assertEquals(
        List.of(0.0, 1.0),
        evidence.candidates().stream().map(found -> found.metrics().get("auc")).toList());
    assertEquals("log_loss", evidence.chosenBy());
    assertEquals(100, evidence.holdoutRows());
    assertEquals(new Evidence.Baseline("late", 0.0), evidence.baseline());
    assertEquals(judgement.metrics(), evidence.metrics());
    assertNull(evidence.champion());
  }

  @Test
  void shouldFailNamingMetricFigureAndBoundAndKeepTheEvidence() {
    ApplicationFailure failure =
        assertThrows(
            ApplicationFailure.class,
            () ->
                judge(
                    List.of(
                        Metric.AUC.atLeast(0.7), Metric.BRIER.atMost(0.05), Metric.AUC.atLeast(0)),
                    candidate("early", "early")));

    assertEquals(StageFailure.REQUIREMENT_NOT_MET, failure.getType());
    List<?> sentences = failure.getDetails().get(0, List.class);
    assertEquals(
        List.of("auc on 1997-09-30: expected at least 0.7, found 0."), sentences.subList(0, 1));
    assertEquals(2, sentences.size());
    String message = failure.getOriginalMessage();
    String digest = message.replaceFirst("(?s).* artifact ([0-9a-f]{64})\\.$", "$1");
    Evidence evidence = evidence(digest);
    assertEquals(
        List.of(false, false, true),
        evidence.requirements().stream().map(Evidence.RequirementCheck::holds).toList());
  }

  @Test
  void shouldHoldTheChosenAgainstTheLiveVersionOnTheSameRows() {
    world.become(
        new Graph(
            "judging",
            "tests",
            null,
            List.of(),
            List.of(World.stage("register", new Work.Register("steadiness"), "judge"))));
    TrainedCandidate champion = candidate("champion", "steady");
    world.live.put("steadiness", new Champions.LiveModel(3, champion.artifactDigest(), null));
    Requirement notWorse = Metric.LOG_LOSS.notAboveChampionBy(0.002);

    Judgement same = judge(List.of(notWorse), candidate("same", "steady"));
    Evidence evidence = evidence(same.evidenceDigest());
    assertEquals("steadiness", evidence.model());
    Evidence.Champion against = Objects.requireNonNull(evidence.champion());
    assertEquals(3, against.version());
    assertEquals(evidence.metrics(), against.metrics());
    Difference none = new Difference(0, 0, 0);
    assertEquals(
        Map.of("auc", none, "brier", none, "brier_skill", none, "log_loss", none, "pr_auc", none),
        against.differences(),
        "a model gains nothing over itself");
    double champions = Objects.requireNonNull(against.metrics().get("log_loss"));
    assertEquals(champions + 0.002, evidence.requirements().get(0).bound());

    ApplicationFailure worse =
        assertThrows(
            ApplicationFailure.class, () -> judge(List.of(notWorse), candidate("worse", "early")));
    assertTrue(
        worse.getOriginalMessage().contains("which the live version's figure allows"),
        worse.getOriginalMessage());

    world.live.put(
        "steadiness",
        new Champions.LiveModel(4, candidate("steady", "gone").artifactDigest(), null));
    assertEquals(
        "steadiness, version 4, is live and can't be compared: it predicts label from gone, and judging.rows has as_of, label, early, late, steady. Keep its columns, or register under another name.",
        assertThrows(ApplicationFailure.class, () -> judge(List.of(), candidate("same", "steady")))
            .getOriginalMessage());
  }

  /** On the holdout {@code late} is always right, {@code steady} in four of five rows. */
  @Test
  void shouldGiveThePairedDifferencesFromTheLiveVersionWithIntervals() {
    world.live.put(
        "judging",
        new Champions.LiveModel(1, candidate("champion", "steady").artifactDigest(), null));

    Evidence evidence = evidence(judge(List.of(), candidate("late", "late")).evidenceDigest());

    Evidence.Champion champion = Objects.requireNonNull(evidence.champion());
    SortedMap<String, Difference> differences = Objects.requireNonNull(champion.differences());
    assertEquals(Set.of("auc", "brier", "brier_skill", "log_loss", "pr_auc"), differences.keySet());
    differences.forEach(
        (metric, difference) -> {
          double candidates = Objects.requireNonNull(evidence.metrics().get(metric));
          double champions = Objects.requireNonNull(champion.metrics().get(metric));
          assertEquals(candidates - champions, difference.difference(), 1e-12, metric);
          assertTrue(difference.low() < difference.difference(), metric);
          assertTrue(difference.high() > difference.difference(), metric);
        });
    // One row in five is worth p² − (1 − p)² = 2p − 1 less, where the other is as sure but wrong.
    double sure = 1 / (1 + Math.exp(-1));
    Difference brier = Objects.requireNonNull(differences.get("brier"));
    assertEquals(-0.2 * (2 * sure - 1), brier.difference(), 1e-12);
    double error = (2 * sure - 1) * Math.sqrt(0.2 * 0.8 / 99);
    assertEquals(brier.difference() + 1.96 * error, brier.high(), 1e-4);
  }

  @Test
  void shouldKeepTheProfileOfTheRowsThatItLearntFromAndWasJudgedOn() {
    Evidence evidence = evidence(judge(List.of(), candidate("late", "late")).evidenceDigest());

    Profile profile =
        Json.read(
            new String(
                world.artifacts.get(Objects.requireNonNull(evidence.profileDigest())),
                StandardCharsets.UTF_8),
            Profile.class);

    assertEquals(Set.of("late"), profile.features().keySet());
    Distribution late = Objects.requireNonNull(profile.features().get("late"));
    assertEquals(200, late.count(), "April and May");
    assertEquals(List.of(0.0, 1.0), late.quantiles().stream().distinct().toList());
    assertEquals(200, late.counts().stream().mapToLong(Long::longValue).sum());
    List<Double> answers = List.of(1 / (1 + Math.exp(1)), 1 / (1 + Math.exp(-1)));
    assertEquals(200, profile.scores().count());
    assertEquals(answers, profile.scores().quantiles().stream().distinct().toList());
    assertEquals(100, profile.judgedScores().count(), "September");
    assertEquals(answers, profile.judgedScores().quantiles().stream().distinct().toList());
  }

  @Test
  void shouldGiveThePairedDifferencesOfNumbers() {
    world.live.put(
        "judging", new Champions.LiveModel(1, number("champion", 3).artifactDigest(), null));

    Evidence evidence = judgedByError(number("closer", 1));

    Evidence.Champion champion = Objects.requireNonNull(evidence.champion());
    assertEquals(
        Map.of("mae", new Difference(-2, -2, -2), "rmse", new Difference(-2, -2, -2)),
        champion.differences(),
        "always off by 1, not by 3");
  }

  @Test
  void shouldLetARelativeRequirementHoldWhereNothingIsLive() {
    Judgement judgement =
        judge(List.of(Metric.AUC.notBelowChampionBy(0.01)), candidate("steady", "steady"));
    Evidence.RequirementCheck check = evidence(judgement.evidenceDigest()).requirements().get(0);
    assertTrue(check.holds());
    assertNull(check.bound());
  }

  @Test
  void shouldRefuseCandidatesThatAnotherSplitTrained() {
    TrainedCandidate candidate = candidate("steady", "steady");
    TrainedCandidate leaky =
        new TrainedCandidate(
            "leaky",
            candidate.artifactDigest(),
            candidate.algorithm(),
            candidate.label(),
            candidate.features(),
            List.of(LocalDate.of(1997, 9, 30)),
            1,
            rows);
    assertEquals(
        "judge: expected the candidate leaky to be trained on [1997-04-30, 1997-05-31], by the same split, but it was trained on [1997-09-30].",
        assertThrows(ApplicationFailure.class, () -> judge(List.of(), candidate, leaky))
            .getOriginalMessage());
  }

  private Judgement judge(List<Requirement> requirements, TrainedCandidate... candidates) {
    StageSpec stage = World.stage("judge", new Work.Evaluate(SPLIT, Metric.LOG_LOSS, requirements));
    Map<String, TrainedCandidate> inputs = new LinkedHashMap<>();
    for (TrainedCandidate candidate : candidates) {
      inputs.put(candidate.stage(), candidate);
    }
    return world.training.evaluate(world.task(World.newRun(), stage, inputs));
  }

  private Evidence judgedByError(TrainedCandidate candidate) {
    StageSpec stage = World.stage("judge", new Work.Evaluate(SPLIT, Metric.RMSE, List.of()));
    Map<String, TrainedCandidate> inputs = Map.of(candidate.stage(), candidate);
    return evidence(
        world.training.evaluate(world.task(World.newRun(), stage, inputs)).evidenceDigest());
  }

  /** A candidate that is off by so much, on the holdout always. */
  private TrainedCandidate number(String stage, double off) {
    ScoringModel model =
        new ScoringModel(
            Task.REGRESSION,
            "linear_regression",
            "label",
            List.of("late"),
            new LinearRegression(new double[] {1}, off));
    return trained(stage, model, Algorithm.LINEAR_REGRESSION);
  }

  /** A candidate that says yes where the feature is 1. */
  private TrainedCandidate candidate(String stage, String feature) {
    ScoringModel model =
        new ScoringModel(
            Task.BINARY_CLASSIFICATION,
            "logistic_regression",
            "label",
            List.of(feature),
            new LogisticRegression(new double[] {2}, -1));
    return trained(stage, model, Algorithm.LOGISTIC_REGRESSION);
  }

  private TrainedCandidate trained(String stage, ScoringModel model, Algorithm algorithm) {
    return new TrainedCandidate(
        stage,
        world.artifacts.put(model.write()),
        algorithm,
        "label",
        model.features(),
        List.of(LocalDate.of(1997, 4, 30), LocalDate.of(1997, 5, 31)),
        200,
        rows);
  }

  private Evidence evidence(String digest) {
    return Json.read(
        new String(world.artifacts.get(digest), StandardCharsets.UTF_8), Evidence.class);
  }
}
