package dev.airlock.worker;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The results of a map as one JSON document, in the order of the items and the shape of their list.
 * Items without a result are left out.
 */
final class ItemDocument {

  private final ItemList list;
  private final ByteArrayOutputStream document = new ByteArrayOutputStream();
  private int items;
  private int lists;
  private boolean separate;

  ItemDocument(ItemList list) {
    this.list = list;
    write("[");
  }

  /** Adds a result; called in the order of the items. */
  void add(int index, String json) {
    if (list.isNested()) {
      openUpTo(list.outer(index));
    }
    if (separate) {
      write(",");
    }
    write(json);
    separate = true;
    items++;
  }

  /** How many results there are. */
  int items() {
    return items;
  }

  /** The whole document; nothing can be added after it. */
  byte[] bytes() {
    if (list.isNested()) {
      openUpTo(list.lists() - 1);
      write(lists > 0 ? "]" : "");
    }
    write("]");
    return document.toByteArray();
  }

  private void openUpTo(int outer) {
    while (lists <= outer) {
      write(lists == 0 ? "[" : "],[");
      lists++;
      separate = false;
    }
  }

  private void write(String text) {
    document.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
