package dev.airlock.dsl;

import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a result can be read as. */
final class ResultTypes {

  private static final List<Class<?>> PLAIN =
      List.of(
          String.class,
          Integer.class,
          Long.class,
          Double.class,
          Boolean.class,
          List.class,
          Map.class);

  private ResultTypes() {}

  /** The binary name of the type; null for none, or where it won't do. */
  static @Nullable String name(@Nullable Class<?> type, Findings findings) {
    if (type == null) {
      return null;
    }
    if (!PLAIN.contains(type) && !type.isRecord()) {
      findings.add(
          "The result is read as %s, which is no record.".formatted(type.getName()),
          "Use a record, or one of String, Integer, Long, Double, Boolean, List and Map.");
      return null;
    }
    if (type.isRecord() && !Modifier.isPublic(type.getModifiers())) {
      findings.add(
          "The record %s is not public, so that no worker can read it.".formatted(type.getName()),
          "Make it public.");
      return null;
    }
    return type.getName();
  }
}
