package dev.airlock.spark;

import dev.airlock.scoring.Ranks;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows parted by one column: a text by its values, the frequent ones each, the others together; a
 * number by its values where they are few, else by quarters.
 *
 * @param rows the places of the rows of each part; parts of few values are in the order of numbers,
 *     of texts in that of their frequency
 */
record Partition(String column, Map<String, int[]> rows) {

  static final String NONE = "none";
  static final String OTHERS = "other values";

  private static final int MOST_VALUES = 12;
  private static final int FEW_NUMBERS = 8;
  private static final MathContext FOUR_DIGITS = new MathContext(4);

  /** By a text; null where a row has none. */
  static Partition ofTexts(String column, List<@Nullable String> values) {
    Map<String, Long> counts =
        values.stream()
            .map(value -> Objects.requireNonNullElse(value, NONE))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    List<String> byFrequency =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.<String, Long>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey)
            .toList();
    List<String> kept =
        byFrequency.size() <= MOST_VALUES ? byFrequency : byFrequency.subList(0, MOST_VALUES - 1);
    List<String> parts = new ArrayList<>(kept);
    if (kept.size() < byFrequency.size()) {
      parts.add(OTHERS);
    }
    return of(
        column,
        parts,
        values.stream()
            .map(value -> Objects.requireNonNullElse(value, NONE))
            .map(value -> kept.contains(value) ? value : OTHERS)
            .toList());
  }

  /** By a number; NaN where a row has none. */
  static Partition ofNumbers(String column, double[] values) {
    double[] rising = Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
    double[] distinct = Arrays.stream(rising).distinct().toArray();
    double[] edges = distinct.length <= FEW_NUMBERS ? distinct : quarters(rising);
    boolean each = distinct.length <= FEW_NUMBERS;
    List<String> parts = new ArrayList<>();
    for (int i = 0; i <= edges.length; i++) {
      if (!each || i < edges.length) {
        parts.add(each ? shown(edges[i]) : range(i, edges));
      }
    }
    if (rising.length < values.length) {
      parts.add(NONE);
    }
    return of(
        column,
        parts,
        Arrays.stream(values)
            .mapToObj(v -> Double.isNaN(v) ? NONE : parts.get(Ranks.below(edges, v)))
            .toList());
  }

  private static double[] quarters(double[] rising) {
    return IntStream.of(1, 2, 3)
        .mapToDouble(quarter -> rising[(int) ((long) quarter * rising.length / 4)])
        .distinct()
        .toArray();
  }

  /** Of those above so many edges. */
  private static String range(int above, double[] edges) {
    if (above == 0) {
      return "up to " + shown(edges[0]);
    }
    return above == edges.length
        ? "over " + shown(edges[above - 1])
        : "over %s to %s".formatted(shown(edges[above - 1]), shown(edges[above]));
  }

  private static String shown(double number) {
    return new BigDecimal(number).round(FOUR_DIGITS).stripTrailingZeros().toPlainString();
  }

  private static Partition of(String column, List<String> parts, List<String> of) {
    Map<String, List<Integer>> places = new LinkedHashMap<>();
    parts.forEach(part -> places.put(part, new ArrayList<>()));
    for (int row = 0; row < of.size(); row++) {
      Objects.requireNonNull(places.get(of.get(row))).add(row);
    }
    Map<String, int[]> rows = new LinkedHashMap<>();
    places.forEach(
        (part, found) -> rows.put(part, found.stream().mapToInt(Integer::intValue).toArray()));
    return new Partition(column, rows);
  }
}
