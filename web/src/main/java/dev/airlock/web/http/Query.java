package dev.airlock.web.http;

import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import org.jspecify.annotations.Nullable;

/** Reads what stands in a URL. */
public final class Query {
  /** PostgreSQL and ISO 8601 agree on what these years mean. */
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant AFTER_LATEST = Instant.parse("+10000-01-01T00:00:00Z");

  /** Clocks differ, and so do the days of those who read them. */
  private static final Duration SLACK = Duration.ofDays(1);

  private Query() {}

  /**
   * A whole number.
   *
   * @throws ProblemException 400 where it is none
   */
  public static long number(String name, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw ProblemException.badRequest(
          "%s is '%s', expected a whole number.".formatted(name, text));
    }
  }

  /**
   * A whole number from 0 to {@link Integer#MAX_VALUE}.
   *
   * @throws ProblemException 400 where it is none
   */
  public static int count(String name, String text) {
    long number = number(name, text);
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw ProblemException.badRequest(
          "%s is %d, expected 0 to %d.".formatted(name, number, Integer.MAX_VALUE));
    }
    return (int) number;
  }

  /**
   * The number in the path.
   *
   * @throws ProblemException 404 where it is none, since no such thing can exist
   */
  public static long id(Context ctx, String what) {
    String text = ctx.pathParam("id");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw ProblemException.notFound("There is no %s '%s'.".formatted(what, text));
    }
  }

  /** The query's parameter, or null where it is absent or blank. */
  public static @Nullable String text(Context ctx, String name) {
    String text = ctx.queryParam(name);
    return text == null || text.isBlank() ? null : text;
  }

  /** The query's moment, or null where it is absent. */
  public static @Nullable Instant moment(Context ctx, String name) {
    String text = text(ctx, name);
    return text == null ? null : eventTime(name, text);
  }

  /**
   * A moment: ISO 8601 with an offset, or without, then UTC; or a date, which stands for its first
   * moment in UTC.
   *
   * @throws ProblemException 400 where it is neither
   */
  public static Instant moment(String name, String text) {
    try {
      if (text.length() == 10) {
        return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
      TemporalAccessor moment =
          DateTimeFormatter.ISO_DATE_TIME.parseBest(text, ZonedDateTime::from, LocalDateTime::from);
      return moment instanceof LocalDateTime local
          ? local.toInstant(ZoneOffset.UTC)
          : ((ZonedDateTime) moment).toInstant();
    } catch (DateTimeParseException e) {
      throw ProblemException.badRequest(
          "%s is '%s', expected ISO 8601 such as 1998-01-31T00:00:00Z or 1998-01-31."
              .formatted(name, text));
    }
  }

  /**
   * A moment that can be stored: of the years 0001 to 9999 (UTC), to the microsecond. What is finer
   * is cut off, since PostgreSQL would round it up, into the next year if need be.
   *
   * @throws ProblemException 400 where it is none
   */
  public static Instant eventTime(String name, String text) {
    Instant moment = moment(name, text).truncatedTo(ChronoUnit.MICROS);
    if (moment.isBefore(EARLIEST) || !moment.isBefore(AFTER_LATEST)) {
      throw ProblemException.badRequest(
          "%s is '%s', expected a moment in the years 0001 to 9999 (UTC).".formatted(name, text));
    }
    return moment;
  }

  /**
   * An event time that has come: whatever looks from further ahead than a day would hold windows
   * that are still filling for complete ones.
   *
   * @throws ProblemException 400 where it is none, or more than a day after the server's clock
   */
  public static Instant momentThatHasCome(String name, String text) {
    Instant moment = eventTime(name, text);
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    if (moment.isAfter(now.plus(SLACK))) {
      throw ProblemException.badRequest(
          "%s is '%s', which is more than a day ahead: it is %s. Nobody can look at what has not happened yet; name a moment that has come."
              .formatted(name, text, now));
    }
    return moment;
  }
}
