package dev.airlock.dsl;

import dev.airlock.dsl.graph.Metric;
import java.util.Map;

/** The candidate that was chosen, and how it did on the holdout. */
public interface Evaluation {

  Candidate chosen();

  /** Its figures on the holdout. */
  Map<Metric, Double> metrics();
}
