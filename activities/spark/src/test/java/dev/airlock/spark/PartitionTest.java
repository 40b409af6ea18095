package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PartitionTest {

  @Test
  void shouldPartTextsByTheirFrequency() {
    assertEquals(
        Map.of("DE", 3, "none", 2, "FR", 1),
        sizes(Partition.ofTexts("country", Arrays.asList("DE", null, "DE", "FR", "DE", null))));
  }

  @Test
  void shouldPutRareTextsTogether() {
    List<@Nullable String> values = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      for (int times = 0; times <= 20 - i; times++) {
        values.add("v" + i);
      }
    }
    Map<String, Integer> sizes = sizes(Partition.ofTexts("value", values));
    assertEquals(12, sizes.size());
    assertEquals(values.size(), sizes.values().stream().mapToInt(Integer::intValue).sum());
    assertEquals("other values", List.copyOf(sizes.keySet()).get(11));
  }

  @Test
  void shouldPartFewNumbersByValueAndManyByQuarters() {
    assertEquals(
        List.of("0", "1", "2.5", "none"),
        names(Partition.ofNumbers("x", new double[] {2.5, 0, 1, Double.NaN, 0})));
    double[] many = IntStream.range(0, 100).mapToDouble(i -> i).toArray();
    assertEquals(
        List.of("up to 25", "over 25 to 50", "over 50 to 75", "over 75"),
        names(Partition.ofNumbers("x", many)));
    assertEquals(
        List.of(26, 25, 25, 24), List.copyOf(sizes(Partition.ofNumbers("x", many)).values()));
  }

  @Test
  void shouldMergeQuartersThatAreOneValue() {
    double[] mostlyNothing = IntStream.range(0, 100).mapToDouble(i -> i < 80 ? 0 : i).toArray();
    Map<String, Integer> sizes = sizes(Partition.ofNumbers("x", mostlyNothing));
    assertEquals(Map.of("up to 0", 80, "over 0", 20), sizes);
  }

  private static List<String> names(Partition partition) {
    return List.copyOf(partition.rows().keySet());
  }

  private static Map<String, Integer> sizes(Partition partition) {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    partition.rows().forEach((value, rows) -> sizes.put(value, rows.length));
    return sizes;
  }
}
