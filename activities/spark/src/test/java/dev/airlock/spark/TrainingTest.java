package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SplitSpec;
import dev.airlock.dsl.graph.TrainerSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.scoring.DecisionTree;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.scoring.Task;
import dev.airlock.scoring.TreeEnsemble;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.TrainedCandidate;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TrainingTest {

  private static final StructType VECTORS =
      new StructType()
          .add(TrainingRows.LABEL, DataTypes.DoubleType)
          .add(TrainingRows.FEATURES, SQLDataTypes.VectorType());

  private static final SplitSpec SPLIT = new SplitSpec("as_of", Setting.of(90));

  /** Six month ends of 40 rows, from April on; the first two train. {@code name} is no feature. */
  private static final String ROWS =
      """
      SELECT last_day(add_months(DATE '1997-04-01', CAST(id % 6 AS INT))) AS as_of,
             concat('n', id) AS name,
             CAST(id % 7 AS DOUBLE) AS x,
             CAST(hash(id) % 5 AS INT) AS `y.z`,
             $label AS label
      FROM range(240)
      """;

  private static final String CLASSES = "CASE WHEN id % 7 > 3 THEN 1 ELSE 0 END";

  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void shouldScoreAsSparkDoesEvenOnThresholds(Algorithm algorithm) {
    Random random = new Random(11);
    List<Row> training = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      double a = random.nextInt(9);
      double b = random.nextGaussian() * 100;
      double c = Math.exp(random.nextGaussian());
      double signal = a - 4 + b / 100 - c + random.nextGaussian();
      double label = algorithm.isClassifier() ? (signal > 0 ? 1 : 0) : signal * 3;
      training.add(RowFactory.create(label, Vectors.dense(a, b, c)));
    }
    Model<?> model =
        new Mllib(trainer(algorithm, List.of()))
            .fit(World.session().createDataFrame(training, VECTORS));
    ScoringModel exported =
        ScoringModelExport.of(model, new Learning(algorithm, "label", List.of("a", "b", "c")));
    List<Row> rows = new ArrayList<>(training);
    rows.addAll(onThresholds(exported, training));

    Dataset<Row> sample = World.session().createDataFrame(rows, VECTORS);
    ScoringModelExport.requireParity(model, exported, sample);
    ScoringModel read = ScoringModel.read(exported.write());
    ScoringModelExport.requireParity(model, read, sample);
    assertEquals(
        algorithm.isClassifier() ? Task.BINARY_CLASSIFICATION : Task.REGRESSION, read.task());
    if (exported.predictor() instanceof TreeEnsemble ensemble) {
      assertEquals(5, ensemble.trees().size());
      assertTrue(rows.size() > training.size(), "no threshold was tried");
    }
  }

  @Test
  void shouldNoticeAModelThatScoresOtherwise() {
    List<Row> rows =
        List.of(
            RowFactory.create(0.0, Vectors.dense(1)),
            RowFactory.create(1.0, Vectors.dense(2)),
            RowFactory.create(4.0, Vectors.dense(3)));
    Dataset<Row> vectors = World.session().createDataFrame(rows, VECTORS);
    Model<?> model = new Mllib(trainer(Algorithm.LINEAR_REGRESSION, List.of())).fit(vectors);
    ScoringModel other =
        new ScoringModel(
            Task.REGRESSION,
            "linear_regression",
            "label",
            List.of("a"),
            new dev.airlock.scoring.LinearRegression(new double[] {2.0}, -2.0));

    assertThrows(
        IllegalStateException.class, () -> ScoringModelExport.requireParity(model, other, vectors));
  }

  @Test
  void shouldTakeEveryNumberButLabelAndSnapshotWhenNoFeatureIsNamed() {
    World world = new World("train-features");
    DatasetVersion rows = rows(world, CLASSES);
    TrainedCandidate candidate =
        train(world, rows, trainer(Algorithm.LOGISTIC_REGRESSION, List.of()));

    assertEquals(List.of("x", "y.z"), candidate.features());
    assertEquals("label", candidate.label());
    assertEquals(80, candidate.trainingRows());
    ScoringModel model = ScoringModel.read(world.artifacts.get(candidate.artifactDigest()));
    assertInstanceOf(dev.airlock.scoring.LogisticRegression.class, model.predictor());
    assertTrue(model.score(Map.of("x", 6, "y.z", 0)) > model.score(Map.of("x", 0, "y.z", 0)));
  }

  @Test
  void shouldSayWhatTheTrainingRowsLack() {
    World world = new World("train-refuses");
    DatasetVersion classes = rows(world, CLASSES);
    TrainerSpec logistic = trainer(Algorithm.LOGISTIC_REGRESSION, List.of());

    assertEquals(
        "column label: expected rows of both classes to train a classifier, found 1 in all 80 rows.",
        failure(StageFailure.BAD_DATA, world, rows(world, "1"), logistic));
    assertEquals(
        "column label: expected 0 or 1 in every row, to train a classifier, found other values in 40 of 80 rows.",
        failure(StageFailure.BAD_DATA, world, rows(world, "id % 4"), logistic));
    assertEquals(
        "column label: expected rows with a label to train on, found none.",
        failure(StageFailure.BAD_DATA, world, rows(world, "CAST(NULL AS INT)"), logistic));
    String holes = "IF(id % 6 = 0, CAST('NaN' AS DOUBLE), id) AS holes, " + CLASSES;
    assertEquals(
        "column holes: expected a finite number in every row, found none in 40 of 80 rows. Fill them in the SQL, with coalesce, or leave the column out.",
        failure(StageFailure.BAD_DATA, world, rows(world, holes), logistic));
    assertEquals(
        "train-refuses.rows: expected a numeric column name, a feature; the columns are as_of, name, x, y.z, label.",
        failure(
            StageFailure.BAD_PIPELINE,
            world,
            classes,
            trainer(Algorithm.LOGISTIC_REGRESSION, List.of("name"))));
  }

  private static List<Row> onThresholds(ScoringModel model, List<Row> rows) {
    List<Row> found = new ArrayList<>();
    if (model.predictor() instanceof TreeEnsemble ensemble) {
      for (DecisionTree tree : ensemble.trees()) {
        for (int node = 0; node < tree.size(); node++) {
          if (tree.feature()[node] != DecisionTree.LEAF) {
            Row row = rows.get(found.size() % rows.size());
            double[] vector = row.<Vector>getAs(1).toArray().clone();
            vector[tree.feature()[node]] = tree.threshold()[node];
            found.add(RowFactory.create(row.getDouble(0), Vectors.dense(vector)));
          }
        }
      }
    }
    return found;
  }

  private static TrainerSpec trainer(Algorithm algorithm, List<String> features) {
    TreeMap<String, Double> settings = new TreeMap<>();
    settings.put("maxIterations", algorithm.name().contains("TREES") ? 5.0 : 50.0);
    return new TrainerSpec(algorithm, "label", features, settings, 42);
  }

  private static DatasetVersion rows(World world, String label) {
    return world.datasets.transform(
        world.task(
            World.newRun(),
            World.stage("rows", new Work.Transform(ROWS.replace("$label", label))),
            Map.of()));
  }

  private static TrainedCandidate train(World world, DatasetVersion rows, TrainerSpec trainer) {
    return world.training.train(
        world.task(
            World.newRun(),
            World.stage("candidate", new Work.Train(SPLIT, trainer), "rows"),
            Map.of("rows", rows)));
  }

  private static String failure(
      String type, World world, DatasetVersion rows, TrainerSpec trainer) {
    ApplicationFailure failure =
        assertThrows(ApplicationFailure.class, () -> train(world, rows, trainer));
    assertEquals(type, failure.getType());
    return failure.getOriginalMessage();
  }
}
