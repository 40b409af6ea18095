package dev.airlock.monitoring;

import dev.airlock.store.Monitors;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The calendar of a monitor: windows of one length that follow each other without a gap, in UTC.
 * Months are counted from January 1970, days from Monday, 5 January 1970.
 */
final class Windows {
  private static final LocalDate FIRST_MONTH = LocalDate.EPOCH;
  private static final LocalDate FIRST_MONDAY = LocalDate.of(1970, 1, 5);

  private final LocalDate origin;
  private final ChronoUnit unit;
  private final long length;

  private Windows(LocalDate origin, ChronoUnit unit, long length) {
    this.origin = origin;
    this.unit = unit;
    this.length = length;
  }

  /**
   * Windows of this length.
   *
   * @throws IllegalArgumentException where it is neither months nor days, or not above 0
   */
  static Windows of(Period length) {
    long months = length.toTotalMonths();
    if (months > 0 && length.get(ChronoUnit.DAYS) == 0) {
      return new Windows(FIRST_MONTH, ChronoUnit.MONTHS, months);
    }
    if (months == 0 && length.get(ChronoUnit.DAYS) > 0) {
      return new Windows(FIRST_MONDAY, ChronoUnit.DAYS, length.get(ChronoUnit.DAYS));
    }
    throw new IllegalArgumentException(
        "A window of " + length + ": expected months or days, at least one, such as P1M or P7D");
  }

  /** The window that a moment falls into. */
  Window at(Instant moment) {
    return window(number(moment));
  }

  private long number(Instant moment) {
    LocalDate day = LocalDate.ofInstant(moment, ZoneOffset.UTC);
    // Between two first of a month lie whole months, before the origin too; so with days.
    LocalDate start = unit == ChronoUnit.MONTHS ? day.withDayOfMonth(1) : day;
    return Math.floorDiv(unit.between(origin, start), length);
  }

  /**
   * Every window from the one that a moment falls into to the one of another, in order; of more
   * than {@link Monitors#MOST_WINDOWS} the newest.
   */
  List<Window> over(Instant first, Instant last) {
    long newest = number(last);
    long oldest = Math.max(number(first), newest - Monitors.MOST_WINDOWS + 1);
    return LongStream.rangeClosed(oldest, newest).mapToObj(this::window).toList();
  }

  /** The newest window that has closed by a moment. */
  Window lastClosed(Instant moment) {
    return at(at(moment).opens().minusMillis(1));
  }

  private Window window(long number) {
    return new Window(midnight(number * length), midnight((number + 1) * length));
  }

  private Instant midnight(long units) {
    return origin.plus(units, unit).atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
