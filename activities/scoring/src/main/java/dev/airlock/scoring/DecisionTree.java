package dev.airlock.scoring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A binary decision tree as flat arrays, one entry a node, the root first.
 *
 * <p>A node with {@code feature >= 0} is a split: a row goes left when {@code features[feature] <=
 * threshold}, else right, as Spark MLlib's {@code ContinuousSplit} does. A node with feature
 * {@value #LEAF} is a leaf and answers with its value. Every child has a larger index than its
 * parent and exactly one parent, so that a prediction always ends. Categorical splits are not
 * supported.
 *
 * <p>For {@link Task#BINARY_CLASSIFICATION} a leaf's value is the share of class 1 among the
 * training rows that reached it.
 */
public final class DecisionTree implements Predictor {
  /** Stands for "none" in {@code feature}, {@code left} and {@code right} of a leaf. */
  public static final int LEAF = -1;

  private final int[] feature;
  private final double[] threshold;
  private final int[] left;
  private final int[] right;
  private final double[] value;
  private final int width;

  /**
   * Copies the arrays, all of which have one entry a node.
   *
   * @param feature index of the feature that a split looks at, {@value #LEAF} for a leaf
   * @param threshold largest value that goes left; 0 for a leaf
   * @param left index of the left child; {@value #LEAF} for a leaf
   * @param right index of the right child; {@value #LEAF} for a leaf
   * @param value the answer of a leaf; 0 for a split
   * @throws IllegalArgumentException naming the first node that breaks a rule
   */
  public DecisionTree(int[] feature, double[] threshold, int[] left, int[] right, double[] value) {
    this.feature = feature.clone();
    this.threshold = threshold.clone();
    this.left = left.clone();
    this.right = right.clone();
    this.value = value.clone();
    requireOneEntryPerNode();
    requireTree();
    this.width = Arrays.stream(this.feature).max().orElseThrow() + 1;
  }

  /** A tree given by its nodes; they are stored in pre-order: a node, its left side, its right. */
  public static DecisionTree of(Node root) {
    List<Node> nodes = new ArrayList<>();
    collect(root, nodes);
    int size = nodes.size();
    int[] feature = new int[size];
    double[] threshold = new double[size];
    int[] left = new int[size];
    int[] right = new int[size];
    double[] value = new double[size];
    int[] sizes = new int[size];
    for (int i = size - 1; i >= 0; i--) {
      if (nodes.get(i) instanceof Split split) {
        feature[i] = split.feature();
        threshold[i] = split.threshold();
        left[i] = i + 1;
        right[i] = i + 1 + sizes[i + 1];
        sizes[i] = 1 + sizes[left[i]] + sizes[right[i]];
      } else {
        feature[i] = LEAF;
        left[i] = LEAF;
        right[i] = LEAF;
        value[i] = ((Leaf) nodes.get(i)).value();
        sizes[i] = 1;
      }
    }
    return new DecisionTree(feature, threshold, left, right, value);
  }

  private static void collect(Node node, List<Node> nodes) {
    nodes.add(node);
    if (node instanceof Split split) {
      collect(split.left(), nodes);
      collect(split.right(), nodes);
    }
  }

  /** How many nodes, splits and leaves, the tree has. */
  public int size() {
    return feature.length;
  }

  /** A copy of the split features by node. */
  public int[] feature() {
    return feature.clone();
  }

  /** A copy of the thresholds by node. */
  public double[] threshold() {
    return threshold.clone();
  }

  /** A copy of the left children by node. */
  public int[] left() {
    return left.clone();
  }

  /** A copy of the right children by node. */
  public int[] right() {
    return right.clone();
  }

  /** A copy of the leaf values by node. */
  public double[] value() {
    return value.clone();
  }

  @Override
  public double predict(double[] features) {
    int node = 0;
    while (feature[node] != LEAF) {
      node = features[feature[node]] <= threshold[node] ? left[node] : right[node];
    }
    return value[node];
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public Set<Task> tasks() {
    boolean probability = Arrays.stream(value).allMatch(v -> v >= 0 && v <= 1);
    return probability ? EnumSet.allOf(Task.class) : EnumSet.of(Task.REGRESSION);
  }

  private void requireOneEntryPerNode() {
    int size = feature.length;
    if (size == 0) {
      throw new IllegalArgumentException("the tree has no nodes, expected at least one leaf");
    }
    if (threshold.length != size
        || left.length != size
        || right.length != size
        || value.length != size) {
      throw new IllegalArgumentException(
          "the arrays differ in length (feature %d, threshold %d, left %d, right %d, value %d), expected one entry a node in each"
              .formatted(size, threshold.length, left.length, right.length, value.length));
    }
    Finite.requireAll("threshold", threshold);
    Finite.requireAll("value", value);
  }

  private void requireTree() {
    boolean[] hasParent = new boolean[feature.length];
    for (int node = 0; node < feature.length; node++) {
      if (node > 0 && !hasParent[node]) {
        throw broken(node, "has no parent, expected exactly one");
      }
      if (feature[node] == LEAF) {
        requirePlainLeaf(node);
      } else {
        requirePlainSplit(node);
        adopt(node, left[node], "left", hasParent);
        adopt(node, right[node], "right", hasParent);
      }
    }
  }

  private void requirePlainLeaf(int node) {
    if (left[node] != LEAF || right[node] != LEAF || threshold[node] != 0) {
      throw broken(
          node,
          "is a leaf with left %d, right %d and threshold %s, expected -1, -1 and 0"
              .formatted(left[node], right[node], threshold[node]));
    }
  }

  private void requirePlainSplit(int node) {
    if (feature[node] < 0) {
      throw broken(
          node, "has feature %d, expected an index or -1 for a leaf".formatted(feature[node]));
    }
    if (value[node] != 0) {
      throw broken(node, "is a split with value %s, expected 0".formatted(value[node]));
    }
  }

  private void adopt(int parent, int child, String side, boolean[] hasParent) {
    if (child <= parent || child >= feature.length) {
      throw broken(
          parent,
          "has %s child %d, expected an index between %d and %d: children come after their parent"
              .formatted(side, child, parent + 1, feature.length - 1));
    }
    if (hasParent[child]) {
      throw broken(
          parent, "has %s child %d, which has another parent already".formatted(side, child));
    }
    hasParent[child] = true;
  }

  private static IllegalArgumentException broken(int node, String what) {
    return new IllegalArgumentException("node " + node + " " + what);
  }

  /** A node of a tree under construction. */
  public sealed interface Node permits Split, Leaf {}

  /** Sends a row left when {@code features[feature] <= threshold}, else right. */
  public record Split(int feature, double threshold, Node left, Node right) implements Node {}

  /** Answers with its value. */
  public record Leaf(double value) implements Node {}
}
