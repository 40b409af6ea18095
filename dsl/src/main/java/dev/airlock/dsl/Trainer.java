package dev.airlock.dsl;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.TrainerSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** An algorithm and its settings. Immutable: each method gives another trainer. */
public final class Trainer {

  private static final String MAX_DEPTH = "maxDepth";
  private static final String MAX_ITERATIONS = "maxIterations";
  private static final String REGULARIZATION = "regularization";
  private static final String STEP_SIZE = "stepSize";

  private final TrainerSpec spec;

  private Trainer(TrainerSpec spec) {
    this.spec = spec;
  }

  /** Predicts the probability of a yes. At most 100 iterations, no regularization. */
  public static Trainer logisticRegression() {
    return of(Algorithm.LOGISTIC_REGRESSION);
  }

  /** Predicts the probability of a yes. 20 trees of depth 5, step size 0.1. */
  public static Trainer gradientBoostedTrees() {
    return of(Algorithm.GRADIENT_BOOSTED_TREES);
  }

  /** Predicts a number. At most 100 iterations, no regularization. */
  public static Trainer linearRegression() {
    return of(Algorithm.LINEAR_REGRESSION);
  }

  /** Predicts a number by gradient-boosted trees. 20 trees of depth 5, step size 0.1. */
  public static Trainer regressionTrees() {
    return of(Algorithm.REGRESSION_TREES);
  }

  /** The column to predict. Rows where it is null are not used. */
  public Trainer label(String column) {
    return new Trainer(
        new TrainerSpec(spec.algorithm(), column, spec.features(), spec.settings(), spec.seed()));
  }

  /**
   * The columns to predict from. Without it, every numeric column but the label and the snapshot:
   * an entity's numeric id would be among them.
   */
  public Trainer features(String... columns) {
    return features(List.of(columns));
  }

  /** As {@link #features(String...)}. */
  public Trainer features(List<String> columns) {
    return new Trainer(
        new TrainerSpec(spec.algorithm(), spec.label(), columns, spec.settings(), spec.seed()));
  }

  /** How deep a tree may be: 1 to 30. */
  public Trainer maxDepth(int depth) {
    return set(MAX_DEPTH, depth);
  }

  /** How many trees: 1 to 1000. */
  public Trainer trees(int trees) {
    return set(MAX_ITERATIONS, trees);
  }

  /** How many iterations at most: 1 to 1000. */
  public Trainer iterations(int iterations) {
    return set(MAX_ITERATIONS, iterations);
  }

  /** The weight of the squared coefficients' penalty, at least 0. */
  public Trainer regularization(double weight) {
    return set(REGULARIZATION, weight);
  }

  /** How much each tree counts: above 0, at most 1. */
  public Trainer stepSize(double size) {
    return set(STEP_SIZE, size);
  }

  /** What chance starts from; 42, unless said otherwise. */
  public Trainer seed(long seed) {
    return new Trainer(
        new TrainerSpec(spec.algorithm(), spec.label(), spec.features(), spec.settings(), seed));
  }

  TrainerSpec spec(Findings findings) {
    if (spec.label().isBlank()) {
      findings.add("The trainer has no label.", "Name the column to predict: .label(\"repeat\").");
    }
    Set<String> seen = new HashSet<>();
    for (String feature : spec.features()) {
      if (feature.isBlank()) {
        findings.add("A feature has no name.", "Leave it out or name a column.");
      } else if (!seen.add(feature)) {
        findings.add("The feature '%s' is named twice.".formatted(feature), "Leave one out.");
      } else if (feature.equals(spec.label())) {
        findings.add(
            "The label '%s' is among the features, so the model would be told the answer."
                .formatted(feature),
            "Take it out of .features(…).");
      }
    }
    checkSettings(findings);
    return spec;
  }

  private void checkSettings(Findings findings) {
    Set<String> known = defaults(spec.algorithm()).keySet();
    spec.settings()
        .forEach(
            (name, value) -> {
              if (!known.contains(name)) {
                findings.add(
                    "%s has no setting %s.".formatted(spec.algorithm(), name),
                    "It has: %s.".formatted(String.join(", ", known)));
              } else if (!inRange(name, value)) {
                findings.add(
                    "%s is %s.".formatted(name, value), "It must be %s.".formatted(range(name)));
              }
            });
  }

  private static boolean inRange(String setting, double value) {
    return switch (setting) {
      case MAX_DEPTH -> value >= 1 && value <= 30;
      case MAX_ITERATIONS -> value >= 1 && value <= 1000;
      case STEP_SIZE -> value > 0 && value <= 1;
      default -> value >= 0 && Double.isFinite(value);
    };
  }

  private static String range(String setting) {
    return switch (setting) {
      case MAX_DEPTH -> "from 1 to 30";
      case MAX_ITERATIONS -> "from 1 to 1000";
      case STEP_SIZE -> "above 0 and at most 1";
      default -> "0 or more";
    };
  }

  private Trainer set(String setting, double value) {
    SortedMap<String, Double> settings = new TreeMap<>(spec.settings());
    settings.put(setting, value);
    return new Trainer(
        new TrainerSpec(spec.algorithm(), spec.label(), spec.features(), settings, spec.seed()));
  }

  private static Trainer of(Algorithm algorithm) {
    return new Trainer(new TrainerSpec(algorithm, "", List.of(), defaults(algorithm), 42));
  }

  private static SortedMap<String, Double> defaults(Algorithm algorithm) {
    SortedMap<String, Double> settings = new TreeMap<>();
    switch (algorithm) {
      case LOGISTIC_REGRESSION, LINEAR_REGRESSION -> {
        settings.put(MAX_ITERATIONS, 100.0);
        settings.put(REGULARIZATION, 0.0);
      }
      case GRADIENT_BOOSTED_TREES, REGRESSION_TREES -> {
        settings.put(MAX_DEPTH, 5.0);
        settings.put(MAX_ITERATIONS, 20.0);
        settings.put(STEP_SIZE, 0.1);
      }
    }
    return settings;
  }
}
