package dev.airlock.dsl.graph;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value that a run may be given. Values are kept as text in the form that {@link ParamType}
 * names.
 *
 * @param defaultValue what is used when a run gives none; null where a run must give one
 * @param atLeast the smallest value allowed, or null
 * @param atMost the largest value allowed, or null
 */
public record ParamSpec(
    String name,
    ParamType type,
    @Nullable String defaultValue,
    @Nullable String atLeast,
    @Nullable String atMost) {

  /**
   * Why a value that a run is given won't do, as a sentence; empty where it will.
   *
   * @param value the value's text
   */
  public Optional<String> fault(String value) {
    Optional<Object> parsed = type.parse(value);
    if (parsed.isEmpty()) {
      return Optional.of("'%s' is no %s.".formatted(value, type.description()));
    }
    if (atLeast != null && type.compare(value, atLeast) < 0) {
      return Optional.of("%s is below %s.".formatted(value, atLeast));
    }
    if (atMost != null && type.compare(value, atMost) > 0) {
      return Optional.of("%s is above %s.".formatted(value, atMost));
    }
    return Optional.empty();
  }
}
