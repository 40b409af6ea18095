package dev.airlock.dsl.graph;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One stage.
 *
 * @param name lower-case words joined by hyphens, unique in the graph
 * @param work what it does
 * @param inputs the stages whose results it takes, in the order of its arguments
 * @param params the run's params that it reads
 * @param retry how often and how soon it is tried again
 * @param timeout the longest that one attempt may take
 * @param flow when it starts, beyond the results that it takes; null where nothing was said
 * @param limits what holds it back, and who takes it; null where nothing was said
 * @param cache whether an earlier result will do; null where it won't
 */
public record StageSpec(
    String name,
    Work work,
    List<String> inputs,
    List<String> params,
    RetrySpec retry,
    Duration timeout,
    @Nullable FlowSpec flow,
    @Nullable LimitSpec limits,
    @Nullable CacheSpec cache) {

  public StageSpec {
    inputs = List.copyOf(inputs);
    params = List.copyOf(params);
  }

  /** A stage that starts once all that it reads have succeeded, and is held back by nothing. */
  public StageSpec(
      String name,
      Work work,
      List<String> inputs,
      List<String> params,
      RetrySpec retry,
      Duration timeout) {
    this(name, work, inputs, params, retry, timeout, null, null, null);
  }

  /** The queue whose workers take it; null for the one that all share. */
  public @Nullable String queue() {
    return limits == null ? null : limits.queue();
  }
}
