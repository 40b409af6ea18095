package dev.airlock.scoring.drift;

import dev.airlock.scoring.Finite;
import dev.airlock.scoring.Ranks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A distribution of one number, as later ones are held against it.
 *
 * @param count how many values it was made of, at least 1
 * @param edges the inner edges of the bins, rising: the deciles, equal ones merged, so one to nine.
 *     Bin i holds edge i-1 &lt; x &le; edge i; the first and the last bin are open
 * @param counts of each bin, one more than edges; their sum is {@code count}. The last is 0 where
 *     the ninth decile is the greatest value: a constant v has the bins &le; v and &gt; v
 * @param quantiles the values at the ranks 0, 1/2000, … 1, or all values where there are no more
 *     than 2,001; rising. An empirical distribution function with an error of at most 1/2000
 */
public record Reference(long count, List<Double> edges, List<Long> counts, List<Double> quantiles) {
  private static final int BINS = 10;
  private static final int QUANTILES = 2001;

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException where they do not fit together
   */
  public Reference {
    edges = List.copyOf(edges);
    counts = List.copyOf(counts);
    quantiles = List.copyOf(quantiles);
    requireRising("edges", edges, true);
    requireRising("quantiles", quantiles, false);
    if (counts.size() != edges.size() + 1) {
      throw new IllegalArgumentException(
          "%d counts came with %d edges, expected one more than edges"
              .formatted(counts.size(), edges.size()));
    }
    long sum = counts.stream().mapToLong(Long::longValue).sum();
    if (sum != count || counts.stream().anyMatch(bin -> bin < 0)) {
      throw new IllegalArgumentException(
          "The counts %s do not add up to %d values".formatted(counts, count));
    }
  }

  private static void requireRising(String name, List<Double> numbers, boolean strictly) {
    double[] array = array(numbers);
    Finite.requireSome(name, array);
    for (int i = 1; i < array.length; i++) {
      if (array[i] < array[i - 1] || (strictly && array[i] == array[i - 1])) {
        throw new IllegalArgumentException(
            "%s[%d] is %s after %s, expected them rising"
                .formatted(name, i, array[i], array[i - 1]));
      }
    }
  }

  /**
   * What these values are distributed like. Deciles and quantiles are values among them, so that
   * every rising transform of the values gives the same counts.
   *
   * @throws IllegalArgumentException where there are none, or one is not finite
   */
  public static Reference of(double[] values) {
    Finite.requireSome("values", values);
    double[] sorted = sorted(values);
    List<Double> edges = deciles(sorted);
    List<Long> counts = Arrays.stream(counts(sorted, edges)).boxed().toList();
    return new Reference(sorted.length, edges, counts, quantiles(sorted));
  }

  /** The values at the ranks ⌈k·n/10⌉, k from 1 to 9, each once. */
  private static List<Double> deciles(double[] sorted) {
    return IntStream.range(1, BINS)
        .map(k -> (int) (((long) k * sorted.length + BINS - 1) / BINS) - 1)
        .mapToObj(rank -> sorted[rank])
        .distinct()
        .toList();
  }

  private static List<Double> quantiles(double[] sorted) {
    if (sorted.length <= QUANTILES) {
      return Arrays.stream(sorted).boxed().toList();
    }
    List<Double> quantiles = new ArrayList<>(QUANTILES);
    for (int i = 0; i < QUANTILES; i++) {
      quantiles.add(sorted[(int) ((long) i * (sorted.length - 1) / (QUANTILES - 1))]);
    }
    return quantiles;
  }

  /** How many of the sorted values fall into each bin. */
  static long[] counts(double[] sorted, List<Double> edges) {
    long[] counts = new long[edges.size() + 1];
    long below = 0;
    for (int bin = 0; bin < edges.size(); bin++) {
      long upTo = Ranks.atMost(sorted, edges.get(bin));
      counts[bin] = upTo - below;
      below = upTo;
    }
    counts[edges.size()] = sorted.length - below;
    return counts;
  }

  static double[] sorted(double[] values) {
    // Adding zero makes -0.0 the 0.0 that it equals; sorting would tell them apart.
    double[] sorted = Arrays.stream(values).map(value -> value + 0.0).toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  static double[] array(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
