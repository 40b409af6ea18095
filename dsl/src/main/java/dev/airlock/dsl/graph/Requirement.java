package dev.airlock.dsl.graph;

/** A bound that the chosen candidate must keep on the holdout, or the evaluation fails. */
public record Requirement(Metric metric, Comparison comparison, double bound) {

  /** How the figure is compared. */
  public enum Comparison {
    AT_LEAST,
    AT_MOST,
    NOT_ABOVE_CHAMPION_BY,
    NOT_BELOW_CHAMPION_BY
  }
}
