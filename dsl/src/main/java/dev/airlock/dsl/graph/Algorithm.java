package dev.airlock.dsl.graph;

/** What can be trained. */
public enum Algorithm {
  LOGISTIC_REGRESSION(true),
  GRADIENT_BOOSTED_TREES(true),
  LINEAR_REGRESSION(false),
  REGRESSION_TREES(false);

  private final boolean classifier;

  Algorithm(boolean classifier) {
    this.classifier = classifier;
  }

  /** Whether it predicts the probability of a yes; otherwise it predicts a number. */
  public boolean isClassifier() {
    return classifier;
  }
}
