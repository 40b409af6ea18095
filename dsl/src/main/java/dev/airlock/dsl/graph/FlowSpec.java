package dev.airlock.dsl.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a stage starts, beyond the results that it takes.
 *
 * @param after stages that must have ended before, though their results are not taken
 * @param trigger how the stages before it must have ended; null for {@link TriggerRule#ALL_SUCCESS}
 * @param guard the choice on which it depends, or null
 * @param group the group that pages draw it in, or null
 */
public record FlowSpec(
    List<String> after,
    @Nullable TriggerRule trigger,
    @Nullable Guard guard,
    @Nullable String group) {

  public FlowSpec {
    after = List.copyOf(after);
  }
}
