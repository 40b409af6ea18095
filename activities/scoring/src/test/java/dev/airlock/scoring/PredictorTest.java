package dev.airlock.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.scoring.DecisionTree.Leaf;
import dev.airlock.scoring.DecisionTree.Node;
import dev.airlock.scoring.DecisionTree.Split;
import dev.airlock.scoring.TreeEnsemble.Combination;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class PredictorTest {
  private static final DecisionTree UP = DecisionTree.of(new Leaf(0.25));
  private static final DecisionTree DOWN = DecisionTree.of(new Leaf(1));

  @Property
  void shouldFollowFlatArraysAsTheNodesSay(@ForAll long seed) {
    Random random = new Random(seed);
    Node root = Models.node(random, 4, 8);
    DecisionTree tree = DecisionTree.of(root);
    for (int i = 0; i < 50; i++) {
      double[] row = random.doubles(4, -3, 3).toArray();
      assertEquals(followed(root, row), tree.predict(row), 0.0);
    }
  }

  private static double followed(Node node, double[] row) {
    if (node instanceof Split split) {
      boolean left = row[split.feature()] <= split.threshold();
      return followed(left ? split.left() : split.right(), row);
    }
    return ((Leaf) node).value();
  }

  @Test
  void shouldGoLeftWhenTheValueIsTheThreshold() {
    DecisionTree tree = DecisionTree.of(new Split(0, 0.5, new Leaf(1), new Leaf(2)));
    assertEquals(1, tree.predict(new double[] {0.5}), 0.0);
    assertEquals(2, tree.predict(new double[] {Math.nextUp(0.5)}), 0.0);
    assertEquals(1, tree.width());
    assertEquals(3, tree.size());
  }

  @Property
  void shouldEqualThePlainSigmoid(@ForAll @DoubleRange(min = -700, max = 700) double margin) {
    double plain = 1 / (1 + Math.exp(-margin));
    double sigmoid = LogisticRegression.sigmoid(margin);
    assertEquals(plain, sigmoid, 1e-15);
    assertEquals(1, sigmoid / plain, 1e-12);
  }

  @Test
  void shouldStayAProbabilityAtAnyMargin() {
    assertEquals(0, LogisticRegression.sigmoid(-1e308), 0.0);
    assertEquals(1, LogisticRegression.sigmoid(1e308), 0.0);
    assertTrue(LogisticRegression.sigmoid(-740) > 0);
    assertEquals(0.5, LogisticRegression.sigmoid(0), 0.0);
  }

  @Test
  void shouldCombineTreesAsTheCombinationSays() {
    double[] row = {};
    List<DecisionTree> trees = List.of(UP, DOWN);
    double[] weights = {2, -0.5};
    assertEquals(0, new TreeEnsemble(Combination.SUM, trees, weights).predict(row), 0.0);
    assertEquals(0.5, new TreeEnsemble(Combination.LOGISTIC, trees, weights).predict(row), 0.0);
    double[] ones = {1, 1};
    assertEquals(0.625, new TreeEnsemble(Combination.MEAN, trees, ones).predict(row), 0.0);
    assertEquals(
        1 / (1 + Math.exp(-2 * 1.25)),
        new TreeEnsemble(Combination.LOGISTIC, trees, ones).predict(row),
        1e-15);
  }

  @Test
  void shouldNotChangeWhenTheCallersArraysDo() {
    double[] coefficients = {1, 2};
    LinearRegression linear = new LinearRegression(coefficients, 0);
    coefficients[0] = 100;
    linear.coefficients()[1] = 100;
    assertEquals(3, linear.predict(new double[] {1, 1}), 0.0);
    UP.value()[0] = 9;
    assertEquals(0.25, UP.predict(new double[0]), 0.0);
  }

  @Test
  void shouldRefuseWeightsThatDoNotFit() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new TreeEnsemble(Combination.SUM, List.of(UP), new double[] {1, 1}));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TreeEnsemble(Combination.SUM, List.of(), new double[0]));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TreeEnsemble(Combination.MEAN, List.of(UP), new double[] {0.5}));
    assertThrows(
        IllegalArgumentException.class, () -> new LinearRegression(new double[] {Double.NaN}, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new LogisticRegression(new double[] {1}, Double.POSITIVE_INFINITY));
  }
}
