package dev.airlock.worker;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** The list that a map works through, its items counted from 0, those of inner lists in a row. */
final class ItemList {

  private final JsonNode list;
  private final boolean nested;
  private final int[] ends;

  /**
   * @param list an array or, where nested, an array of arrays
   */
  ItemList(JsonNode list, boolean nested) {
    this.list = list;
    this.nested = nested;
    this.ends = new int[nested ? list.size() : 0];
    int end = 0;
    for (int outer = 0; outer < ends.length; outer++) {
      end += list.get(outer).size();
      ends[outer] = end;
    }
  }

  static boolean isOne(JsonNode list, boolean nested) {
    if (!list.isArray()) {
      return false;
    }
    for (JsonNode element : list) {
      if (nested && !element.isArray()) {
        return false;
      }
    }
    return true;
  }

  static String describe(JsonNode value) {
    return value.isArray()
        ? "a list whose elements are no lists"
        : "no list but " + value.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  int size() {
    if (!nested) {
      return list.size();
    }
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  JsonNode at(int index) {
    if (!nested) {
      return list.get(index);
    }
    int outer = outer(index);
    return list.get(outer).get(index - (outer == 0 ? 0 : ends[outer - 1]));
  }

  boolean isNested() {
    return nested;
  }

  /** How many inner lists there are. */
  int lists() {
    return ends.length;
  }

  /** The inner list that an item is in, from 0. */
  int outer(int index) {
    int low = 0;
    int high = ends.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle] <= index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
