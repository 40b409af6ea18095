package dev.airlock.monitoring;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A span of event time.
 *
 * @param opens a midnight in UTC, included
 * @param closes a later one, not included
 */
record Window(Instant opens, Instant closes) {
  private static final DateTimeFormatter MONTH =
      DateTimeFormatter.ofPattern("MMMM yyyy", Locale.ENGLISH);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH);

  /** As a sentence has it: {@code January 1998}, {@code 5 January 1998 to 11 January 1998}. */
  String words() {
    LocalDate first = LocalDate.ofInstant(opens, ZoneOffset.UTC);
    LocalDate after = LocalDate.ofInstant(closes, ZoneOffset.UTC);
    if (first.getDayOfMonth() == 1 && after.getDayOfMonth() == 1) {
      return fromTo(MONTH.format(first), MONTH.format(after.minusMonths(1)));
    }
    return fromTo(DAY.format(first), DAY.format(after.minusDays(1)));
  }

  private static String fromTo(String first, String last) {
    return first.equals(last) ? first : first + " to " + last;
  }
}
