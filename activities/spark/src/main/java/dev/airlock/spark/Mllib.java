package dev.airlock.spark;

import dev.airlock.dsl.graph.TrainerSpec;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.regression.GBTRegressor;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Spark MLlib's algorithms with a trainer's settings. */
final class Mllib {

  /** MLlib would cut long lineages by files in a shared folder; a few hundred trees need none. */
  private static final int NO_CHECKPOINTS = -1;

  private final TrainerSpec trainer;

  Mllib(TrainerSpec trainer) {
    this.trainer = trainer;
  }

  /** Fits the trainer's algorithm to the columns of {@link TrainingRows}. */
  Model<?> fit(Dataset<Row> vectors) {
    return switch (trainer.algorithm()) {
      case LOGISTIC_REGRESSION -> logistic().fit(vectors);
      case GRADIENT_BOOSTED_TREES -> boostedClasses().fit(vectors);
      case LINEAR_REGRESSION -> linear().fit(vectors);
      case REGRESSION_TREES -> boostedNumbers().fit(vectors);
    };
  }

  private LogisticRegression logistic() {
    return new LogisticRegression()
        .setLabelCol(TrainingRows.LABEL)
        .setFeaturesCol(TrainingRows.FEATURES)
        .setFamily("binomial")
        .setStandardization(true)
        .setMaxIter(whole("maxIterations", 100))
        .setRegParam(setting("regularization", 0));
  }

  private LinearRegression linear() {
    return new LinearRegression()
        .setLabelCol(TrainingRows.LABEL)
        .setFeaturesCol(TrainingRows.FEATURES)
        .setStandardization(true)
        .setMaxIter(whole("maxIterations", 100))
        .setRegParam(setting("regularization", 0));
  }

  private GBTClassifier boostedClasses() {
    return new GBTClassifier()
        .setLabelCol(TrainingRows.LABEL)
        .setFeaturesCol(TrainingRows.FEATURES)
        .setMaxDepth(whole("maxDepth", 5))
        .setMaxIter(whole("maxIterations", 20))
        .setStepSize(setting("stepSize", 0.1))
        .setCheckpointInterval(NO_CHECKPOINTS)
        .setSeed(trainer.seed());
  }

  private GBTRegressor boostedNumbers() {
    return new GBTRegressor()
        .setLabelCol(TrainingRows.LABEL)
        .setFeaturesCol(TrainingRows.FEATURES)
        .setMaxDepth(whole("maxDepth", 5))
        .setMaxIter(whole("maxIterations", 20))
        .setStepSize(setting("stepSize", 0.1))
        .setCheckpointInterval(NO_CHECKPOINTS)
        .setSeed(trainer.seed());
  }

  private double setting(String name, double otherwise) {
    return trainer.settings().getOrDefault(name, otherwise);
  }

  private int whole(String name, int otherwise) {
    return (int) setting(name, otherwise);
  }
}
