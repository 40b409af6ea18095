package dev.airlock.store;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A run that could be started.
 *
 * @param params every param of the graph, defaults filled in
 */
public record CheckedRun(PipelineVersion version, SortedMap<String, String> params) {
  public CheckedRun {
    params = new TreeMap<String, String>((Map<String, String>) params);
  }
}
