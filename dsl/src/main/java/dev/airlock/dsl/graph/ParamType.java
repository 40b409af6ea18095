package dev.airlock.dsl.graph;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Optional;

/** What the text of a param's value must be. */
public enum ParamType {
  /** Any text. */
  TEXT("text"),
  /** A whole number, as {@link Integer#parseInt} reads it. */
  INTEGER("whole number"),
  /** A decimal number, as {@link Double#parseDouble} reads it; finite. */
  DECIMAL("finite number"),
  /** {@code true} or {@code false}. */
  BOOLEAN("'true' or 'false'"),
  /** ISO 8601, such as {@code PT30M}. */
  DURATION("duration such as PT30M"),
  /** ISO 8601, such as {@code 1997-12-31}. */
  DATE("date such as 1997-12-31"),
  /** RFC 3986. A relative one names a resource inside the pipeline's own jar. */
  URI("URI");

  private final String description;

  ParamType(String description) {
    this.description = description;
  }

  /**
   * The value: a {@link String}, {@link Integer}, {@link Double}, {@link Boolean}, {@link
   * Duration}, {@link LocalDate} or {@link java.net.URI}; empty where the text is none.
   */
  public Optional<Object> parse(String text) {
    try {
      return Optional.of(read(text));
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private Object read(String text) {
    return switch (this) {
      case TEXT -> text;
      case INTEGER -> Integer.valueOf(text);
      case DECIMAL -> finite(text);
      case BOOLEAN -> truth(text);
      case DURATION -> Duration.parse(text);
      case DATE -> LocalDate.parse(text);
      case URI -> java.net.URI.create(text);
    };
  }

  String description() {
    return description;
  }

  /** Compares two values of this type by their order; both texts must be values. */
  int compare(String left, String right) {
    return switch (this) {
      case INTEGER -> Integer.valueOf(left).compareTo(Integer.valueOf(right));
      case DECIMAL -> Double.valueOf(left).compareTo(Double.valueOf(right));
      case DURATION -> Duration.parse(left).compareTo(Duration.parse(right));
      case DATE -> LocalDate.parse(left).compareTo(LocalDate.parse(right));
      case TEXT, BOOLEAN, URI -> left.compareTo(right);
    };
  }

  private static Double finite(String text) {
    Double number = Double.valueOf(text);
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException(text);
    }
    return number;
  }

  private static Boolean truth(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException(text);
    }
    return Boolean.valueOf(text);
  }
}
