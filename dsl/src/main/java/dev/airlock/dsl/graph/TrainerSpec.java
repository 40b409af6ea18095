package dev.airlock.dsl.graph;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An algorithm and its settings.
 *
 * @param label the column to predict; rows where it is null are not used
 * @param features the columns to predict from; empty means every numeric column but the label and
 *     the snapshot
 * @param settings by name: maxDepth, maxIterations, regularization, stepSize
 */
public record TrainerSpec(
    Algorithm algorithm,
    String label,
    List<String> features,
    SortedMap<String, Double> settings,
    long seed) {

  public TrainerSpec {
    features = List.copyOf(features);
    settings =
        Collections.unmodifiableSortedMap(
            new TreeMap<String, Double>((Map<String, Double>) settings));
  }
}
