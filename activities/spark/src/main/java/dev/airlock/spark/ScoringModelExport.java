package dev.airlock.spark;

import dev.airlock.scoring.DecisionTree;
import dev.airlock.scoring.LinearRegression;
import dev.airlock.scoring.LogisticRegression;
import dev.airlock.scoring.Predictor;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.scoring.Task;
import dev.airlock.scoring.TreeEnsemble;
import dev.airlock.scoring.TreeEnsemble.Combination;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.DecisionTreeRegressionModel;
import org.apache.spark.ml.regression.GBTRegressionModel;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.ml.tree.ContinuousSplit;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.Node;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Turns a model of Spark MLlib into one that scores without Spark. */
final class ScoringModelExport {

  /** How far a score may be from Spark's own. */
  static final double TOLERANCE = 1e-9;

  private ScoringModelExport() {}

  /** The same arithmetic as plain arrays. */
  static ScoringModel of(Model<?> model, Learning learning) {
    return new ScoringModel(
        learning.algorithm().isClassifier() ? Task.BINARY_CLASSIFICATION : Task.REGRESSION,
        learning.algorithm().name().toLowerCase(Locale.ROOT),
        learning.label(),
        learning.features(),
        predictor(model));
  }

  /**
   * Compares the scores of rows with those that Spark's own model gives them.
   *
   * @param sample columns of {@link TrainingRows}
   * @throws IllegalStateException where one differs by more than {@link #TOLERANCE}
   */
  static void requireParity(Model<?> model, ScoringModel exported, Dataset<Row> sample) {
    boolean classifier = exported.task() == Task.BINARY_CLASSIFICATION;
    String score = classifier ? "probability" : "prediction";
    List<Row> rows = model.transform(sample).select(TrainingRows.FEATURES, score).collectAsList();
    for (Row row : rows) {
      double spark = classifier ? row.<Vector>getAs(1).apply(1) : row.getDouble(1);
      double own = exported.score(row.<Vector>getAs(0).toArray());
      if (!(Math.abs(own - spark) <= TOLERANCE)) {
        throw new IllegalStateException(
            "The exported %s scores %s where Spark's own model scores %s; expected them to agree within %s."
                .formatted(exported.algorithm(), own, spark, TOLERANCE));
      }
    }
  }

  private static Predictor predictor(Model<?> model) {
    if (model instanceof LogisticRegressionModel logistic) {
      return new LogisticRegression(logistic.coefficients().toArray(), logistic.intercept());
    }
    if (model instanceof LinearRegressionModel linear) {
      return new LinearRegression(linear.coefficients().toArray(), linear.intercept());
    }
    if (model instanceof GBTClassificationModel boosted) {
      return ensemble(Combination.LOGISTIC, boosted.trees(), boosted.treeWeights());
    }
    if (model instanceof GBTRegressionModel boosted) {
      return ensemble(Combination.SUM, boosted.trees(), boosted.treeWeights());
    }
    throw new IllegalArgumentException("No export is known of " + model.getClass().getName());
  }

  private static TreeEnsemble ensemble(
      Combination combination, DecisionTreeRegressionModel[] trees, double[] weights) {
    List<DecisionTree> exported =
        Stream.of(trees).map(tree -> DecisionTree.of(node(tree.rootNode()))).toList();
    return new TreeEnsemble(combination, exported, weights);
  }

  private static DecisionTree.Node node(Node node) {
    if (node instanceof InternalNode inner) {
      ContinuousSplit split = (ContinuousSplit) inner.split();
      return new DecisionTree.Split(
          split.featureIndex(),
          split.threshold(),
          node(inner.leftChild()),
          node(inner.rightChild()));
    }
    return new DecisionTree.Leaf(node.prediction());
  }
}
