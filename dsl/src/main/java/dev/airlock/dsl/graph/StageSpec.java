package dev.airlock.dsl.graph;

import java.time.Duration;
import java.util.List;

/**
 * One stage.
 *
 * @param name lower-case words joined by hyphens, unique in the graph
 * @param work what it does
 * @param inputs the stages whose results it takes, in the order of its arguments
 * @param params the run's params that it reads
 * @param retry how often and how soon it is tried again
 * @param timeout the longest that one attempt may take
 */
public record StageSpec(
    String name,
    Work work,
    List<String> inputs,
    List<String> params,
    RetrySpec retry,
    Duration timeout) {

  public StageSpec {
    inputs = List.copyOf(inputs);
    params = List.copyOf(params);
  }
}
