package dev.airlock.store;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list, newest first or by name.
 *
 * @param next the cursor of the part that follows, or null at the end; opaque to callers
 */
public record Page<T>(List<T> items, @Nullable String next) {

  /** The most items of one page. */
  public static final int LARGEST = 500;

  public Page {
    items = List.copyOf(items);
  }

  /** A page of at most {@code limit} out of rows that were read with one more than that. */
  static <T> Page<T> of(List<T> rows, int limit, ToLongFunction<T> key) {
    if (rows.size() <= limit) {
      return new Page<>(rows, null);
    }
    return new Page<>(rows.subList(0, limit), cursorOf(key.applyAsLong(rows.get(limit - 1))));
  }

  /** The same of rows in the order of their names. */
  static <T> Page<T> ofNames(List<T> rows, int limit, Function<T, String> name) {
    return rows.size() <= limit
        ? new Page<>(rows, null)
        : new Page<>(rows.subList(0, limit), cursorOf(name.apply(rows.get(limit - 1))));
  }

  /**
   * A page of a list that is known in full.
   *
   * @param name unique in the list, and its order
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  public static <T> Page<T> within(
      List<T> all, int limit, @Nullable String cursor, Function<T, String> name) {
    int bounded = bounded(limit);
    String after = after(cursor);
    return ofNames(
        all.stream()
            .filter(each -> name.apply(each).compareTo(after) > 0)
            .sorted(Comparator.comparing(name))
            .limit(bounded + 1L)
            .toList(),
        bounded,
        name);
  }

  static int bounded(int limit) {
    return Math.max(1, Math.min(limit, LARGEST));
  }

  /**
   * The key before which the page begins.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  static long before(@Nullable String cursor) {
    if (cursor == null) {
      return Long.MAX_VALUE;
    }
    try {
      return Long.parseLong(
          new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new InvalidCursorException(cursor);
    }
  }

  /**
   * The name after which the page begins; empty for the first page.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  static String after(@Nullable String cursor) {
    if (cursor == null) {
      return "";
    }
    try {
      String name = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      if (name.indexOf('\0') < 0) {
        return name;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new InvalidCursorException(cursor);
  }

  static String cursorOf(long key) {
    return cursorOf(Long.toString(key));
  }

  private static String cursorOf(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }
}
