package dev.airlock.scoring;

/** What a model's score means. */
public enum Task {
  /** The score is the probability of class 1, between 0 and 1. */
  BINARY_CLASSIFICATION,
  /** The score is the predicted number, in the label's own unit. */
  REGRESSION
}
