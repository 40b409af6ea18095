package dev.airlock.store;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a line of a log belongs: to a stage, or to one item of a map. No stage's name holds a
 * bracket, so that {@code orders[17]} stands in a line's place for the stage, and is read by
 * whoever looks.
 *
 * @param item its index, from 0; null for the stage itself
 */
public record LogPlace(String stage, @Nullable Integer item) {

  private static final Pattern ITEM = Pattern.compile("(.+)\\[(\\d{1,9})]");

  /** The place that a line names. */
  public static LogPlace of(String key) {
    Matcher item = ITEM.matcher(key);
    return item.matches()
        ? new LogPlace(item.group(1), Integer.valueOf(item.group(2)))
        : new LogPlace(key, null);
  }

  /** As lines name it: {@code orders}, or {@code orders[17]}. */
  public String key() {
    return item == null ? stage : "%s[%d]".formatted(stage, item);
  }
}
