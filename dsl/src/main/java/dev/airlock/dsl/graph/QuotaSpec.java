package dev.airlock.dsl.graph;

import org.jspecify.annotations.Nullable;

/**
 * How many items of a map may fail; at most one of the two is present, and without either, none
 * may.
 *
 * @param items so many, from 0
 * @param percent so many of a hundred, from 0 to 100
 */
public record QuotaSpec(@Nullable Integer items, @Nullable Double percent) {

  /** No item may fail. */
  public static final QuotaSpec NONE = new QuotaSpec(null, null);

  /** How many of so many items may fail, rounded down. */
  public int of(int count) {
    if (items != null) {
      return items;
    }
    // The hundredth last: 7 % of 100 is 7, though 0.07 * 100 is not.
    return percent == null ? 0 : (int) Math.floor(percent * count / 100);
  }
}
