package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.CostSpec;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SplitSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.scoring.LogisticRegression;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.scoring.Task;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Evidence.FeatureShift;
import dev.airlock.workflows.Evidence.Segment;
import dev.airlock.workflows.Evidence.ThresholdRow;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.TrainedCandidate;
import dev.airlock.workflows.StageTask;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class EvidenceTest {

  private static final SplitSpec SPLIT = new SplitSpec("as_of", Setting.of(90));

  /**
   * Month ends from April to September, 1,000 rows each. {@code signal} tells the answer, but not
   * in Brazil; {@code idle} tells nothing, and is larger in September.
   */
  private static final String ROWS =
      """
      WITH r AS (
        SELECT id, last_day(add_months(DATE '1997-04-01', CAST(id % 6 AS INT))) AS as_of,
               pmod(xxhash64(id, 1), 1000) / 1000 AS u,
               pmod(xxhash64(id, 2), 1000) / 500 - 1 AS noise,
               pmod(xxhash64(id, 3), 1000) / 1000 AS w,
               id DIV 6 AS n
        FROM range(6000)
      )
      SELECT as_of, CAST(u < 0.4 AS INT) AS label,
             IF(n % 4 = 3, 0.4, CAST(u < 0.4 AS INT)) + 0.8 * noise AS signal,
             w + IF(as_of = DATE '1997-09-30', 1, 0) AS idle,
             CASE WHEN n < 10 THEN 'MT' WHEN n % 4 = 3 THEN 'BR'
                  WHEN n % 4 = 2 THEN 'FR' ELSE 'DE' END AS country,
             concat('c', id) AS email
      FROM r
      """;

  private final World world = new World("evidence");
  private final DatasetVersion rows =
      world.datasets.transform(
          world.task(World.newRun(), World.stage("rows", new Work.Transform(ROWS)), Map.of()));

  @Test
  void shouldSayHowSureEachMetricIs() {
    Evidence evidence = judge(evaluate(null, null, null), 3);

    assertEquals(new Evidence.Resampling(1_000, 1_000), evidence.resampling());
    SortedMap<String, Evidence.Interval> intervals = known(evidence.intervals());
    assertEquals(evidence.metrics().keySet(), intervals.keySet());
    intervals.forEach(
        (metric, interval) -> {
          double figure = known(evidence.metrics().get(metric));
          assertTrue(interval.low() < figure && figure < interval.high(), metric);
        });
  }

  @Test
  void shouldCountWhatIsRightAndWrongAndWhatItCosts() {
    live(1.0);
    Evidence evidence = judge(evaluate(null, new CostSpec(2, 8, "EUR"), null), 3);

    assertEquals(new Evidence.Cutoff(0.2, Evidence.Basis.COST), evidence.cutoff());
    List<ThresholdRow> own = known(evidence.thresholds());
    Evidence.Champion champion = known(evidence.champion());
    List<ThresholdRow> others = known(champion.thresholds());
    assertTrue(own.size() <= 201);
    assertEquals(
        own.stream().map(ThresholdRow::threshold).toList(),
        others.stream().map(ThresholdRow::threshold).toList());
    own.forEach(row -> assertEquals(1_000, rows(row)));
    Evidence.CostLine cost = known(evidence.cost());
    assertEquals(costAt(0.2, own), cost.perRow(), 1e-9);
    double champions = known(cost.champion());
    assertEquals(costAt(0.2, others), champions, 1e-9);
    Evidence.Difference saved = known(cost.difference());
    assertEquals(cost.perRow() - champions, saved.difference(), 1e-9);
    assertTrue(saved.low() <= saved.difference() && saved.difference() <= saved.high());
    assertEquals(10, known(champion.calibration()).size());
    assertEquals(evidence.metrics().keySet(), known(champion.intervals()).keySet());
    assertEquals(evidence.metrics().keySet(), known(champion.differences()).keySet());
  }

  private static long rows(ThresholdRow row) {
    return row.truePositives() + row.falsePositives() + row.trueNegatives() + row.falseNegatives();
  }

  private static double costAt(double threshold, List<ThresholdRow> rows) {
    ThresholdRow at =
        rows.stream().filter(row -> row.threshold() == threshold).findFirst().orElseThrow();
    return (2.0 * at.falsePositives() + 8.0 * at.falseNegatives()) / rows(at);
  }

  @Test
  void shouldTakeThePipelinesThresholdAndElseTheBestOfTheRowsThatChose() {
    assertEquals(
        new Evidence.Cutoff(0.35, Evidence.Basis.PIPELINE),
        judge(evaluate(null, new CostSpec(2, 8, "EUR"), 0.35), 3).cutoff());
    Evidence.Cutoff best = known(judge(evaluate(null, null, null), 3).cutoff());
    assertEquals(Evidence.Basis.F1, best.basis());
    assertTrue(best.threshold() > 0 && best.threshold() < 1);
  }

  @Test
  void shouldMarkTheCountryThatTheModelServesBadlyAndNoOther() {
    live(2.9);
    Evidence evidence = judge(evaluate(List.of("country"), null, null), 3);

    Evidence.Segments segments = known(evidence.segments());
    assertTrue(segments.named());
    assertEquals("brier_skill", segments.metric());
    assertEquals(
        List.of("DE", "BR", "FR", "MT"), segments.rows().stream().map(Segment::value).toList());
    assertEquals(1_000, segments.rows().stream().mapToLong(Segment::rows).sum());
    Map<String, Boolean> weak = new TreeMap<>();
    segments.rows().forEach(segment -> weak.put(segment.value(), segment.weak()));
    assertEquals(Map.of("BR", true, "DE", false, "FR", false, "MT", false), weak);
    Segment malta = segments.rows().get(3);
    assertEquals(10, malta.rows());
    assertTrue(malta.metrics().isEmpty(), "10 rows tell nothing");
    assertFalse(segments.rows().get(0).differences().isEmpty());
  }

  @Test
  void shouldPartByTheMostImportantFeaturesWhereThePipelineNamesNone() {
    Evidence.Segments segments = known(judge(evaluate(null, null, null), 3).segments());
    assertFalse(segments.named());
    assertEquals(
        List.of("signal", "idle"),
        segments.rows().stream().map(Segment::column).distinct().toList());
    assertEquals(8, segments.rows().size(), "quarters");
    assertTrue(segments.rows().get(0).value().startsWith("up to "));
  }

  @Test
  void shouldKnowWhatEachFeatureIsWorth() {
    Evidence.FeatureImportance importance =
        known(judge(evaluate(null, null, null), 3).importance());
    assertEquals("log_loss", importance.metric());
    assertEquals(
        List.of("signal", "idle"),
        importance.features().stream().map(Evidence.Importance::feature).toList());
    assertTrue(importance.features().get(0).interval().low() > 0);
    assertEquals(0, importance.features().get(1).worsening(), "its weight is 0");
  }

  @Test
  void shouldFindWhatHasMovedSinceTraining() {
    List<FeatureShift> drift = known(judge(evaluate(null, null, null), 3).drift());
    assertEquals(
        List.of("signal", "idle", FeatureShift.SCORE),
        drift.stream().map(FeatureShift::feature).toList());
    assertEquals(
        List.of(false, true, false), drift.stream().map(FeatureShift::exceedsNoise).toList());
  }

  @Test
  void shouldTellWhatChangedInTheDataSinceTheChampion() {
    assertNull(judge(evaluate(null, null, null), 3).dataChange(), "nothing is live");
    StageTask first = task(evaluate(null, null, null), 1);
    String evidenceOfFirst = world.training.evaluate(first).evidenceDigest();
    world.live.put(
        "evidence",
        new Champions.LiveModel(1, read(evidenceOfFirst).artifactDigest(), evidenceOfFirst));

    Evidence.DataChange change = known(judge(evaluate(null, null, null), 3).dataChange());

    assertEquals(first.runId(), change.championRun());
    assertEquals(rows, change.before());
    assertEquals(List.of(), change.addedColumns());
    assertEquals(List.of(), change.removedFeatures());
    assertEquals(
        List.of("signal", "idle"), change.shifts().stream().map(FeatureShift::feature).toList());
    assertTrue(change.shifts().stream().noneMatch(FeatureShift::exceedsNoise), "the same rows");
  }

  @Test
  void shouldGiveTheSameEvidenceAgain() {
    StageTask task = task(evaluate(List.of("country"), new CostSpec(1, 4, null), null), 3);
    assertEquals(
        world.training.evaluate(task).evidenceDigest(),
        world.training.evaluate(task).evidenceDigest());
    Evidence.Origin origin = known(read(world.training.evaluate(task).evidenceDigest()).origin());
    assertEquals(task.codeDigest(), origin.codeDigest());
    assertEquals(task.params(), origin.params());
  }

  @Test
  void shouldRefuseSegmentsThatAreNotThereOrNameSomebody() {
    assertEquals(
        "judge, segments: there is no column 'contry'. Did you mean 'country'? The columns are as_of, label, signal, idle, country, email.",
        refusal("contry"));
    assertTrue(refusal("email").contains("tell nobody's identity, found email"), refusal("email"));
  }

  private String refusal(String segment) {
    return assertThrows(
            ApplicationFailure.class, () -> judge(evaluate(List.of(segment), null, null), 3))
        .getOriginalMessage();
  }

  private static Work.Evaluate evaluate(
      @Nullable List<String> segments, @Nullable CostSpec cost, @Nullable Double threshold) {
    return new Work.Evaluate(SPLIT, Metric.LOG_LOSS, List.of(), segments, cost, threshold);
  }

  private void live(double weight) {
    world.live.put(
        "evidence", new Champions.LiveModel(1, candidate(weight).artifactDigest(), null));
  }

  private Evidence judge(Work.Evaluate evaluate, double weight) {
    return read(world.training.evaluate(task(evaluate, weight)).evidenceDigest());
  }

  private StageTask task(Work.Evaluate evaluate, double weight) {
    return world.task(
        World.newRun(), World.stage("judge", evaluate), Map.of("only", candidate(weight)));
  }

  private TrainedCandidate candidate(double weight) {
    ScoringModel model =
        new ScoringModel(
            Task.BINARY_CLASSIFICATION,
            "logistic_regression",
            "label",
            List.of("signal", "idle"),
            new LogisticRegression(new double[] {weight, 0}, -weight / 2));
    return new TrainedCandidate(
        "only",
        world.artifacts.put(model.write()),
        Algorithm.LOGISTIC_REGRESSION,
        "label",
        model.features(),
        List.of(LocalDate.of(1997, 4, 30), LocalDate.of(1997, 5, 31)),
        2_000,
        rows);
  }

  private Evidence read(String digest) {
    return Json.read(
        new String(world.artifacts.get(digest), StandardCharsets.UTF_8), Evidence.class);
  }

  private static <T> T known(@Nullable T value) {
    return Objects.requireNonNull(value);
  }
}
