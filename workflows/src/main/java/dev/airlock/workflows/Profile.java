package dev.airlock.workflows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a version of a model has seen, as a reference for what it meets later. Bounded in size
 * whatever the number of rows. Kept in the artifact store under the digest of its JSON.
 *
 * @param features by feature, in the model's order, of the training rows
 * @param scores of the model on its training rows
 * @param judgedScores of the model on the holdout, the rows that judged it
 */
public record Profile(
    Map<String, Distribution> features, Distribution scores, Distribution judgedScores) {

  public Profile {
    features = new LinkedHashMap<>(features);
  }

  /**
   * A distribution of one number.
   *
   * @param count how many values
   * @param edges the inner edges of the bins, rising, each different: at most nine, the deciles.
   *     Bin i holds edge i-1 &lt; x &le; edge i; the first and the last bin are open
   * @param counts of each bin, one more than edges
   * @param quantiles the values at the ranks 0, 1/2000, … 1, or all values where there are no more
   *     than 2,001; rising. An empirical distribution function with an error of at most 1/2000
   */
  public record Distribution(
      long count, List<Double> edges, List<Long> counts, List<Double> quantiles) {

    public Distribution {
      edges = List.copyOf(edges);
      counts = List.copyOf(counts);
      quantiles = List.copyOf(quantiles);
    }
  }
}
