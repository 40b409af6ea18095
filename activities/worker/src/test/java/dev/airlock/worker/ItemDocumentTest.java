package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.QuotaSpec;
import dev.airlock.workflows.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ItemDocumentTest {

  private static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void shouldGiveResultsInTheOrderOfTheListWithoutThoseThatFailed(long seed) {
    Random random = new Random(seed);
    List<Integer> list = random.ints(random.nextInt(60)).boxed().toList();
    ItemList items = new ItemList(json(list), false);
    ItemDocument document = new ItemDocument(items);
    List<Integer> expected = new ArrayList<>();
    for (int index = 0; index < items.size(); index++) {
      if (random.nextInt(4) > 0) {
        document.add(index, items.at(index).toString());
        expected.add(list.get(index));
      }
    }

    assertEquals(json(expected), read(document));
    assertEquals(expected.size(), document.items());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void shouldKeepTheShapeOfListsOfLists(long seed) {
    Random random = new Random(seed);
    List<List<Integer>> lists =
        random
            .ints(random.nextInt(12), 0, 6)
            .mapToObj(n -> random.ints(n).boxed().toList())
            .toList();
    ItemList items = new ItemList(json(lists), true);
    ItemDocument document = new ItemDocument(items);
    List<List<Integer>> expected = new ArrayList<>();
    int index = 0;
    for (List<Integer> list : lists) {
      List<Integer> kept = new ArrayList<>();
      for (Integer item : list) {
        assertEquals(item, items.at(index).asInt());
        if (random.nextInt(4) > 0) {
          document.add(index, item.toString());
          kept.add(item);
        }
        index++;
      }
      expected.add(kept);
    }

    assertEquals(index, items.size());
    assertEquals(json(expected), read(document));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void shouldPermitNoFailureMoreThanItsShare(long seed) {
    Random random = new Random(seed);
    int count = random.nextInt(100_000);
    double percent = random.nextDouble(100);

    int permitted = new QuotaSpec(null, percent).of(count);

    assertTrue(permitted <= percent * count / 100);
    assertTrue(permitted + 1 > percent * count / 100);
  }

  private static JsonNode json(Object value) {
    return Json.read(Json.write(value), JsonNode.class);
  }

  private static JsonNode read(ItemDocument document) {
    return Json.read(new String(document.bytes(), StandardCharsets.UTF_8), JsonNode.class);
  }
}
