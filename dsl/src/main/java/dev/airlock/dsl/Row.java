package dev.airlock.dsl;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row of a dataset. */
public interface Row {

  /** The names of the columns, in their order. */
  List<String> columns();

  /**
   * A value: a {@link String}, {@link Long}, {@link Double}, {@link LocalDate}, {@link Instant}, or
   * null.
   *
   * @throws IllegalArgumentException where there is no such column
   */
  @Nullable Object get(String column);

  default boolean isNull(String column) {
    return get(column) == null;
  }

  /** A text; fails where the value is null or none. */
  default String text(String column) {
    return as(String.class, column);
  }

  /** A whole number; fails where the value is null or none. */
  default long integer(String column) {
    Number number = as(Number.class, column);
    if (number.doubleValue() != Math.rint(number.doubleValue())) {
      throw new IllegalStateException(
          "Column '%s' holds %s, which is no whole number.".formatted(column, number));
    }
    return number.longValue();
  }

  /** A number; fails where the value is null or none. */
  default double decimal(String column) {
    return as(Number.class, column).doubleValue();
  }

  /** A date; fails where the value is null or none. */
  default LocalDate date(String column) {
    return as(LocalDate.class, column);
  }

  /** A moment; fails where the value is null or none. */
  default Instant timestamp(String column) {
    return as(Instant.class, column);
  }

  private <T> T as(Class<T> type, String column) {
    Object value = get(column);
    if (!type.isInstance(value)) {
      throw new IllegalStateException(
          "Column '%s' holds %s where a %s was expected."
              .formatted(
                  column,
                  value == null ? "null" : value + ", a " + value.getClass().getSimpleName(),
                  type.getSimpleName()));
    }
    return type.cast(value);
  }
}
