package dev.airlock.store;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list, newest first.
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

  static String cursorOf(long key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Long.toString(key).getBytes(StandardCharsets.US_ASCII));
  }
}
