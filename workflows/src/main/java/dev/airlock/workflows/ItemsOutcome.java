package dev.airlock.workflows;

import org.jspecify.annotations.Nullable;

/**
 * How the calls for some items of a map ended.
 *
 * @param failed how many failed for good
 * @param firstIndex which failed first, from 0; null where none did
 * @param firstError why it failed
 */
public record ItemsOutcome(
    int failed, @Nullable Integer firstIndex, @Nullable StageError firstError) {

  /** Every call gave a result. */
  public static final ItemsOutcome GOOD = new ItemsOutcome(0, null, null);

  /** One call failed. */
  public static ItemsOutcome failed(int index, StageError error) {
    return new ItemsOutcome(1, index, error);
  }

  /** Both together. */
  public ItemsOutcome and(ItemsOutcome later) {
    return firstIndex == null
        ? new ItemsOutcome(failed + later.failed, later.firstIndex, later.firstError)
        : new ItemsOutcome(failed + later.failed, firstIndex, firstError);
  }
}
