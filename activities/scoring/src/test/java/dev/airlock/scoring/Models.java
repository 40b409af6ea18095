package dev.airlock.scoring;

import dev.airlock.scoring.DecisionTree.Leaf;
import dev.airlock.scoring.DecisionTree.Node;
import dev.airlock.scoring.DecisionTree.Split;
import dev.airlock.scoring.TreeEnsemble.Combination;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Models to test with, one of each kind. */
final class Models {
  static final List<String> FEATURES = List.of("recency", "frequency", "spend");

  private Models() {}

  static ScoringModel logistic() {
    return binary(
        "logistic_regression", new LogisticRegression(new double[] {-0.1, 1.0 / 3, 1e-7}, -1.25));
  }

  static ScoringModel boosted() {
    List<DecisionTree> trees =
        List.of(
            DecisionTree.of(
                new Split(
                    0,
                    30.5,
                    new Leaf(0.5),
                    new Split(2, 8.409999999999999E21, new Leaf(-0.25), new Leaf(-0.1 - 0.2)))),
            DecisionTree.of(new Leaf(0.125)));
    return binary(
        "gbt_classifier", new TreeEnsemble(Combination.LOGISTIC, trees, new double[] {1, 0.1}));
  }

  static ScoringModel binary(String algorithm, Predictor predictor) {
    return new ScoringModel(
        Task.BINARY_CLASSIFICATION, algorithm, "buysAgain", FEATURES, predictor);
  }

  static ScoringModel regression(String algorithm, Predictor predictor) {
    return new ScoringModel(Task.REGRESSION, algorithm, "spendNext90", FEATURES, predictor);
  }

  /** One model of each kind with random numbers, the seed deciding. */
  static Stream<ScoringModel> ofEachKind(long seed) {
    Random random = new Random(seed);
    int width = FEATURES.size();
    double[] coefficients = random.doubles(width, -1e3, 1e3).toArray();
    double intercept = random.nextGaussian();
    List<DecisionTree> trees =
        Stream.generate(() -> DecisionTree.of(node(random, width, 5))).limit(4).toList();
    double[] weights = random.doubles(4).toArray();
    double[] ones = {1, 1, 1, 1};
    return Stream.of(
        binary("lr", new LogisticRegression(coefficients, intercept)),
        regression("linear", new LinearRegression(coefficients, intercept)),
        binary("tree", trees.get(0)),
        regression("tree", trees.get(1)),
        binary("gbt", new TreeEnsemble(Combination.LOGISTIC, trees, weights)),
        regression("gbt", new TreeEnsemble(Combination.SUM, trees, weights)),
        binary("forest", new TreeEnsemble(Combination.MEAN, trees, ones)));
  }

  static Node node(Random random, int width, int depth) {
    if (depth == 0 || random.nextInt(5) == 0) {
      return new Leaf(random.nextDouble());
    }
    return new Split(
        random.nextInt(width),
        random.nextGaussian(),
        node(random, width, depth - 1),
        node(random, width, depth - 1));
  }
}
