package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnType;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;
import java.util.regex.Pattern;

/** Turns the text of a field into a value, as {@link ColumnType} says. */
final class FieldParser {

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

  private FieldParser() {}

  /**
   * The value as Iceberg takes it; empty where the text is none.
   *
   * @param text not empty, unless the type is text
   */
  static Optional<Object> parse(ColumnType type, String text) {
    try {
      return Optional.of(
          switch (type) {
            case TEXT -> text;
            case INTEGER -> Long.valueOf(text.strip());
            case DECIMAL -> decimal(text.strip());
            case DATE -> date(text.strip());
            case TIMESTAMP -> timestamp(text.strip());
          });
    } catch (NumberFormatException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** To be read after "expected". */
  static String expectation(ColumnType type) {
    return switch (type) {
      case TEXT -> "text";
      case INTEGER -> "a whole number";
      case DECIMAL -> "a number like 12.50";
      case DATE -> "a date like 1997-12-31";
      case TIMESTAMP -> "a timestamp like 1997-12-31T14:03:00Z";
    };
  }

  private static Double decimal(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new NumberFormatException(text);
    }
    Double number = Double.valueOf(text);
    if (!Double.isFinite(number)) {
      throw new NumberFormatException(text);
    }
    return number;
  }

  private static LocalDate date(String text) {
    LocalDate date = LocalDate.parse(text);
    requireFourDigits(date.getYear());
    return date;
  }

  private static OffsetDateTime timestamp(String text) {
    TemporalAccessor parsed =
        DateTimeFormatter.ISO_DATE_TIME.parseBest(text, ZonedDateTime::from, LocalDateTime::from);
    OffsetDateTime moment =
        parsed instanceof ZonedDateTime zoned
            ? zoned.toOffsetDateTime().withOffsetSameInstant(ZoneOffset.UTC)
            : ((LocalDateTime) parsed).atOffset(ZoneOffset.UTC);
    requireFourDigits(moment.getYear());
    return moment;
  }

  /** ISO years of more digits are no dates of this world, and Iceberg can't hold all of them. */
  private static void requireFourDigits(int year) {
    if (year < 0 || year > 9999) {
      throw new DateTimeException("year " + year);
    }
  }
}
