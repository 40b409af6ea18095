package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.examples.CustomerSpend;
import dev.airlock.examples.RepeatPurchase;
import dev.airlock.examples.RepeatPurchaseOracle;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.Judgement;
import dev.airlock.workflows.StageOutput.TrainedCandidate;
import dev.airlock.workflows.StageTask;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples on the real purchases, against programs that share no code with them. */
final class RepeatPurchaseTest {

  private static final LocalDate HOLDOUT = LocalDate.of(1997, 9, 30);
  private static final LocalDate LOGICAL_DATE = LocalDate.of(1997, 12, 31);
  private static final int HORIZON_DAYS = 90;

  @TempDir private Path folder;

  @Test
  void shouldJudgeOnTheNewestSnapshotWithCompleteLabels() {
    Evidence evidence = evidence(Shared.RUN);

    assertEquals(
        List.of(LocalDate.of(1997, 4, 30), LocalDate.of(1997, 5, 31)), evidence.trainedOn());
    assertEquals(LocalDate.of(1997, 6, 30), evidence.chosenOn());
    assertEquals(HOLDOUT, evidence.judgedOn());
    assertEquals(23_570, evidence.holdoutRows());
    assertEquals(0.177, evidence.baseRate(), 0.001);
    assertTrue(figure(evidence, "auc") > 0.77, () -> "AUC " + evidence.metrics());
    assertTrue(figure(evidence, "pr_auc") > 0.49, () -> "PR-AUC " + evidence.metrics());
    Evidence.Baseline baseline = Objects.requireNonNull(evidence.baseline());
    assertTrue(figure(evidence, "auc") > baseline.auc(), "no better than " + baseline);
    assertEquals(2, evidence.candidates().size());
    assertEquals("repeat-purchase", evidence.model());
    assertNull(evidence.champion());
    assertTrue(evidence.requirements().stream().allMatch(Evidence.RequirementCheck::holds));
  }

  /** Each by its definition, in quadratic time where that is the plain way. */
  @Test
  void shouldReportMetricsThatRawPredictionsGiveByTheirDefinitions() {
    Evidence evidence = evidence(Shared.RUN);
    ScoringModel model =
        ScoringModel.read(Shared.RUN.world.artifacts.get(evidence.artifactDigest()));
    List<double[]> predicted = new ArrayList<>();
    for (Row row : snapshot(Shared.RUN, HOLDOUT).collectAsList()) {
      Map<String, Double> features = new LinkedHashMap<>();
      evidence.features().forEach(name -> features.put(name, row.<Double>getAs(name)));
      predicted.add(new double[] {model.score(features), row.<Long>getAs("repeat")});
    }
    double ones = predicted.stream().filter(p -> p[1] == 1).count();
    double rows = predicted.size();
    double brier = predicted.stream().mapToDouble(p -> (p[0] - p[1]) * (p[0] - p[1])).sum() / rows;
    double rate = ones / rows;

    assertEquals(rate, evidence.baseRate(), 1e-12);
    assertEquals(brier, figure(evidence, "brier"), 1e-12);
    assertEquals(1 - brier / (rate * (1 - rate)), figure(evidence, "brier_skill"), 1e-12);
    assertEquals(logLoss(predicted), figure(evidence, "log_loss"), 1e-12);
    assertEquals(pairsWon(predicted), figure(evidence, "auc"), 1e-12);
    assertEquals(averagePrecision(predicted), figure(evidence, "pr_auc"), 1e-12);
  }

  @Test
  void shouldGiveTheFeaturesAndLabelsOfTheRawFile() throws IOException {
    List<RepeatPurchaseOracle.Snapshot> expected =
        RepeatPurchaseOracle.ofExampleFile().snapshots(LOGICAL_DATE, HORIZON_DAYS);
    DatasetVersion version = features(Shared.RUN);
    List<Row> found =
        Stored.rows(World.session(), version).orderBy("as_of", "customer_id").collectAsList();
    List<String> names = version.columns().stream().map(ColumnSpec::name).toList();

    assertEquals(expected.size(), found.size());
    for (int i = 0; i < found.size(); i++) {
      Row row = found.get(i);
      RepeatPurchaseOracle.Snapshot snapshot = expected.get(i);
      assertEquals(snapshot.asOf().toString(), row.get(0).toString());
      assertEquals(snapshot.customer(), row.<Long>getAs("customer_id"));
      for (String name : names.subList(2, names.size() - 1)) {
        double oracle = Objects.requireNonNull(snapshot.features().get(name), name);
        assertEquals(oracle, row.<Double>getAs(name), 1e-9, name);
      }
      Long repeat = row.getAs("repeat");
      assertEquals(snapshot.repeat(), repeat == null ? null : Integer.valueOf(repeat.intValue()));
    }
  }

  @Test
  void shouldGiveASnapshotTheSameFeaturesWhenAllLaterOrdersAreDeleted() throws IOException {
    LocalDate last = LocalDate.of(1997, 6, 30);
    Cdnow cut =
        Cdnow.run(
            new RepeatPurchase().define().graph(),
            ordersUntil(last).toString(),
            List.of("ingest", "validate", "transform"));
    String[] features =
        Shared.RUN.output("boosted", TrainedCandidate.class).features().toArray(String[]::new);

    List<Row> known =
        snapshot(Shared.RUN, last)
            .orderBy("customer_id")
            .select("customer_id", features)
            .collectAsList();
    List<Row> cutShort =
        snapshot(cut, last).orderBy("customer_id").select("customer_id", features).collectAsList();

    assertEquals(23_570, known.size());
    assertEquals(known, cutShort);
  }

  /**
   * Labels dealt out anew within each snapshot, from training to judging: whatever is above 0.5
   * then has reached the model by a way that it must not have.
   */
  @Test
  void shouldFindNothingWhenLabelsAreShuffled() {
    Evidence evidence = judged(shuffled("shuffled", "true"), "logistic", "boosted");
    assertEquals(23_570, evidence.holdoutRows());
    assertEquals(0.5, figure(evidence, "auc"), 0.03);
    assertEquals(0, figure(evidence, "brier_skill"), 0.005);
    for (Evidence.CandidateFigures candidate : evidence.candidates()) {
      double auc = Objects.requireNonNull(candidate.metrics().get("auc"));
      assertEquals(0.5, auc, 0.03, candidate.stage());
    }
  }

  /**
   * Labels dealt out anew where models learn, true where they are judged. AUC can't tell then: it
   * knows ranks only, and what little noise a model has learnt ranks like some real feature, up or
   * down. That the noise is little shows in the probabilities.
   */
  @Test
  void shouldPredictNoMoreThanTheBaseRateWhenTrainingLabelsAreShuffled() {
    Evidence evidence =
        judged(shuffled("shuffled-training", "as_of < DATE '1997-06-30'"), "logistic");
    assertEquals(0, figure(evidence, "brier_skill"), 0.01);
    for (Evidence.CalibrationBin bin : evidence.calibration()) {
      assertEquals(evidence.baseRate(), bin.meanPredicted(), 0.05);
    }
  }

  @Test
  void shouldGiveTheSameModelsWhenRunAgain() {
    for (String candidate : List.of("logistic", "boosted")) {
      TrainedCandidate again =
          Shared.RUN.world.training.train(Shared.RUN.task(Shared.RUN.stage(candidate)));
      assertEquals(Shared.RUN.output(candidate, TrainedCandidate.class), again);
    }
    Judgement judged = Shared.RUN.output("judge", Judgement.class);
    assertEquals(
        judged, Shared.RUN.world.training.evaluate(Shared.RUN.task(Shared.RUN.stage("judge"))));
  }

  @Test
  void shouldPredictANumberByTheSameStages() {
    Evidence evidence = evidence(Cdnow.run(new CustomerSpend().define().graph()));

    assertEquals(HOLDOUT, evidence.judgedOn());
    assertEquals(List.of("mae", "rmse"), List.copyOf(evidence.metrics().keySet()));
    assertNull(evidence.baseline());
    assertTrue(evidence.calibration().isEmpty());
    assertTrue(figure(evidence, "mae") < figure(evidence, "rmse"));
    assertTrue(figure(evidence, "rmse") < 60, () -> "RMSE " + evidence.metrics());
  }

  private static Evidence evidence(Cdnow run) {
    return evidence(run.world, run.output("judge", Judgement.class));
  }

  private static Evidence evidence(World world, Judgement judgement) {
    byte[] json = world.artifacts.get(judgement.evidenceDigest());
    return Json.read(new String(json, StandardCharsets.UTF_8), Evidence.class);
  }

  private static double figure(Evidence evidence, String metric) {
    return Objects.requireNonNull(evidence.metrics().get(metric), metric);
  }

  private static DatasetVersion features(Cdnow run) {
    return run.output("features", DatasetVersion.class);
  }

  private static Dataset<Row> snapshot(Cdnow run, LocalDate date) {
    return Stored.rows(World.session(), features(run))
        .where(functions.col("as_of").equalTo(functions.lit(date.toString()).cast("date")));
  }

  /** The features with the labels of some rows dealt out anew within their snapshots. */
  private static DatasetVersion shuffled(String stage, String where) {
    String sql =
        """
        WITH numbered AS (
          SELECT *,
            row_number() OVER (PARTITION BY as_of ORDER BY customer_id) AS place,
            row_number() OVER (PARTITION BY as_of ORDER BY hash(customer_id, as_of, 4711)) AS drawn
          FROM features
        )
        SELECT $features, IF($where, d.repeat, r.repeat) AS repeat
        FROM numbered r JOIN numbered d ON d.as_of = r.as_of AND d.drawn = r.place
        """;
    List<ColumnSpec> columns = features(Shared.RUN).columns();
    String others =
        columns.subList(0, columns.size() - 1).stream()
            .map(column -> "r." + column.name())
            .collect(Collectors.joining(", "));
    String select =
        sql.replace("$features", others).replace("$where", where.replace("as_of", "r.as_of"));
    return Shared.RUN.world.datasets.transform(
        Shared.RUN.world.task(
            World.newRun(),
            World.stage(stage, new Work.Transform(select), "features"),
            Map.of("features", features(Shared.RUN))));
  }

  /** Trains and judges candidates on other features, without requirements. */
  private static Evidence judged(DatasetVersion features, String... stages) {
    World world = Shared.RUN.world;
    Map<String, String> params = Map.of("horizon-days", "90");
    Map<String, TrainedCandidate> candidates = new LinkedHashMap<>();
    for (String name : stages) {
      StageTask task =
          world.task(World.newRun(), Shared.RUN.stage(name), Map.of("features", features), params);
      candidates.put(name, world.training.train(task));
    }
    Work.Evaluate judge = (Work.Evaluate) Shared.RUN.stage("judge").work();
    StageSpec stage =
        World.stage("judge", new Work.Evaluate(judge.split(), judge.choose(), List.of()));
    Judgement judgement =
        world.training.evaluate(world.task(World.newRun(), stage, candidates, params));
    return evidence(world, judgement);
  }

  private Path ordersUntil(LocalDate last) throws IOException {
    List<String> kept = new ArrayList<>();
    try (InputStream file =
            Objects.requireNonNull(
                RepeatPurchase.class.getResourceAsStream("/cdnow-orders.csv.gz"));
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8))) {
      kept.add(lines.readLine());
      lines
          .lines()
          .filter(line -> line.split(",", -1)[2].compareTo(last.toString()) <= 0)
          .forEach(kept::add);
    }
    return Files.write(folder.resolve("orders.csv"), kept);
  }

  private static double logLoss(List<double[]> predicted) {
    double sum = 0;
    for (double[] p : predicted) {
      sum += -(p[1] * Math.log(p[0]) + (1 - p[1]) * Math.log(1 - p[0]));
    }
    return sum / predicted.size();
  }

  /** Of all pairs of a yes and a no, the share in which the yes scores higher; a tie is half. */
  private static double pairsWon(List<double[]> predicted) {
    double[] yes = predicted.stream().filter(p -> p[1] == 1).mapToDouble(p -> p[0]).toArray();
    double[] no = predicted.stream().filter(p -> p[1] == 0).mapToDouble(p -> p[0]).toArray();
    double won = 0;
    for (double a : yes) {
      for (double b : no) {
        won += a > b ? 1 : a == b ? 0.5 : 0;
      }
    }
    return won / ((double) yes.length * no.length);
  }

  /** Over the yeses, the mean share of yeses among the rows that score at least as high. */
  private static double averagePrecision(List<double[]> predicted) {
    List<double[]> falling = new ArrayList<>(predicted);
    falling.sort((a, b) -> Double.compare(b[0], a[0]));
    double sum = 0;
    double found = 0;
    double seen = 0;
    for (int i = 0; i < falling.size(); ) {
      int end = i;
      double yeses = 0;
      while (end < falling.size() && falling.get(end)[0] == falling.get(i)[0]) {
        yeses += falling.get(end++)[1];
      }
      seen += end - i;
      found += yeses;
      sum += yeses * found / seen;
      i = end;
    }
    return sum / found;
  }

  /** One run for all tests here: it takes most of their time. */
  static final class Shared {
    static final Cdnow RUN = Cdnow.run(new RepeatPurchase().define().graph());
  }
}
