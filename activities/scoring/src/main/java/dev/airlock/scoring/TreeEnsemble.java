package dev.airlock.scoring;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Many decision trees with one answer: gradient-boosted trees or a random forest. */
public final class TreeEnsemble implements Predictor {
  private final Combination combination;
  private final DecisionTree[] trees;
  private final double[] weights;
  private final int width;

  /**
   * Copies the trees and weights.
   *
   * @param weights one a tree; all of them 1 for {@link Combination#MEAN}
   * @throws IllegalArgumentException if there is no tree, or the weights don't fit
   */
  public TreeEnsemble(Combination combination, List<DecisionTree> trees, double[] weights) {
    if (trees.size() != weights.length) {
      throw new IllegalArgumentException(
          "%d trees have %d weights, expected one a tree".formatted(trees.size(), weights.length));
    }
    Finite.requireSome("weights", weights);
    if (combination == Combination.MEAN) {
      requireOnes(weights);
    }
    this.combination = combination;
    this.trees = trees.toArray(DecisionTree[]::new);
    this.weights = weights.clone();
    this.width = trees.stream().mapToInt(DecisionTree::width).max().orElseThrow();
  }

  private static void requireOnes(double[] weights) {
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] != 1) {
        throw new IllegalArgumentException(
            "weights[%d] is %s, expected 1: a mean weighs its trees alike"
                .formatted(i, weights[i]));
      }
    }
  }

  /** How the trees' answers become one. */
  public Combination combination() {
    return combination;
  }

  /** The trees in their order of training. */
  public List<DecisionTree> trees() {
    return List.of(trees);
  }

  /** A copy of the weights, one a tree. */
  public double[] weights() {
    return weights.clone();
  }

  @Override
  public double predict(double[] features) {
    double sum = 0;
    for (int i = 0; i < trees.length; i++) {
      sum += weights[i] * trees[i].predict(features);
    }
    return switch (combination) {
      case SUM -> sum;
      case MEAN -> sum / trees.length;
      case LOGISTIC -> LogisticRegression.sigmoid(2 * sum);
    };
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public Set<Task> tasks() {
    return switch (combination) {
      case SUM -> EnumSet.of(Task.REGRESSION);
      case LOGISTIC -> EnumSet.of(Task.BINARY_CLASSIFICATION);
      case MEAN -> tasksOfEveryTree();
    };
  }

  private Set<Task> tasksOfEveryTree() {
    Set<Task> shared = EnumSet.allOf(Task.class);
    for (DecisionTree tree : trees) {
      shared.retainAll(tree.tasks());
    }
    return shared;
  }

  /** How the answers of the trees become the answer of the ensemble. */
  public enum Combination {
    /** {@code Σ weight · tree}: Spark MLlib's {@code GBTRegressionModel}. */
    SUM,
    /**
     * {@code Σ tree / count}: Spark MLlib's {@code RandomForestRegressionModel}, and its {@code
     * RandomForestClassificationModel} when the leaves hold shares of class 1.
     */
    MEAN,
    /**
     * {@code 1 / (1 + exp(-2 · Σ weight · tree))}: Spark MLlib's {@code GBTClassificationModel},
     * whose log loss is {@code 2 · log(1 + exp(-2 · y · margin))} with y in {-1, 1} (Friedman,
     * "Greedy Function Approximation", 1999), hence the 2.
     */
    LOGISTIC
  }
}
